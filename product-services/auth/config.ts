import { readConfig, ServiceConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const AuthConfig = ServiceConfig.extend({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'a postgres:// URL' }),
  /** `iss` of the tokens. */
  ISSUER: z.string().min(1).default('https://auth.goalixa.com'),
  /** Without it the limits are counted in memory, by each process alone. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'a redis:// URL' }).optional(),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(100).default(10),
})
export type AuthConfig = z.infer<typeof AuthConfig>

/** The settings of auth; throws BAD_CONFIGURATION that names every faulty one. */
export function readAuthConfig(env?: NodeJS.ProcessEnv): AuthConfig {
  return readConfig(AuthConfig, env)
}
