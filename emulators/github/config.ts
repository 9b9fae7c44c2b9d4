import { readConfig, ServiceConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const Tokens = z
  .string()
  .regex(/^[\w.-]+=[^=,\s]+(,[\w.-]+=[^=,\s]+)*$/, 'expected login=token,login=token')
  .transform(text => new Map(text.split(',').map(pair => pair.split('=').reverse() as [string, string])))

/** Reads the settings of this process; `GITHUB_TOKENS` becomes a map from token to login. */
export function readGithubConfig(env?: NodeJS.ProcessEnv) {
  const shape = ServiceConfig.pick({ HOST: true, PORT: true, LOG_LEVEL: true }).extend({
    DATA_DIR: z.string().min(1),
    GITHUB_TOKENS: Tokens,
    /** Calls per hour and login; GitHub allows 5000. */
    GITHUB_RATE_LIMIT: z.coerce.number().int().min(1).default(5000),
  })
  return readConfig(shape, env)
}
