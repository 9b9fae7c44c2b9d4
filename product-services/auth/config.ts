import { readConfig, ServiceConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const AuthConfig = ServiceConfig.extend({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'a postgres:// URL' }),
  /** The `iss` claim of the tokens. */
  ISSUER: z.string().min(1).default('https://auth.goalixa.com'),
  /** Shares the rate limits between replicas; without it each process counts in memory. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'a redis:// URL' }).optional(),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(100).default(10),
})
export type AuthConfig = z.infer<typeof AuthConfig>

/** Reads the settings of auth. Throws BAD_CONFIGURATION that names every invalid one. */
export function readAuthConfig(env?: NodeJS.ProcessEnv): AuthConfig {
  return readConfig(AuthConfig, env)
}
