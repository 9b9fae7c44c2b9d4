import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** Reads the settings; throws with all errors at once. */
export function readDiscoveryConfig(env?: NodeJS.ProcessEnv) {
  return readConfig(
    z.object({
      KUBECONFIG: z.string().min(1),
      HOST: z.string().default('127.0.0.1'),
      PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
      LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    }),
    env,
  )
}
