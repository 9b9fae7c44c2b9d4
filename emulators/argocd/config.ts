import { readConfig, ServiceConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** Reads the settings of this process. */
export function readArgocdConfig(env?: NodeJS.ProcessEnv) {
  const shape = ServiceConfig.pick({ HOST: true, PORT: true, LOG_LEVEL: true }).extend({
    KUBECONFIG: z.string().min(1),
    ARGOCD_TOKEN: z.string().min(1),
    DATA_DIR: z.string().min(1),
    /** Divides the interval between two polls of Git. */
    TIME_SCALE: z.coerce.number().positive().default(1),
  })
  return readConfig(shape, env)
}
