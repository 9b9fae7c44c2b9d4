import { homedir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const Config = z.object({
  /** The folder of the control plane's programs, as in controller-runtime's envtest. */
  KUBEBUILDER_ASSETS: z.string().min(1).optional(),
  XDG_CACHE_HOME: z.string().min(1).default(join(homedir(), '.cache')),
  /** Where etcd is looked for if the folder has none. */
  PATH: z.string().default(''),
})
export type EnvtestConfig = z.infer<typeof Config>

/** Reads where the programs of a real control plane are. */
export function readEnvtestConfig(env?: NodeJS.ProcessEnv): EnvtestConfig {
  return readConfig(Config, env)
}
