import { readConfig, ServiceConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const CoreConfig = ServiceConfig.extend({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'a postgres:// URL' }),
  /** Where auth publishes the keys that verify access tokens. */
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/, error: 'an http(s) URL' }),
  /** The `iss` claim that tokens must have. */
  ISSUER: z.string().min(1).default('https://auth.goalixa.com'),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(100).default(10),
})
export type CoreConfig = z.infer<typeof CoreConfig>

/** Reads the settings of core. Throws BAD_CONFIGURATION that names every invalid one. */
export function readCoreConfig(env?: NodeJS.ProcessEnv): CoreConfig {
  return readConfig(CoreConfig, env)
}
