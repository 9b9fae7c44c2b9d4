import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** The settings of this process. */
export const StateMetricsConfig = z.object({
  KUBECONFIG: z.string().min(1),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
})
export type StateMetricsConfig = z.infer<typeof StateMetricsConfig>

/** Reads the settings; throws with all errors at once. */
export function readStateMetricsConfig(env?: NodeJS.ProcessEnv): StateMetricsConfig {
  return readConfig(StateMetricsConfig, env)
}
