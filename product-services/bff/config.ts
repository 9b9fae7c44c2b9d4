import { readConfig, ServiceConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const Url = z.url({ protocol: /^https?$/, error: 'an http(s) URL' })

const BffConfig = ServiceConfig.extend({
  AUTH_URL: Url,
  CORE_URL: Url,
  /** Where auth publishes the keys that verify access tokens. */
  AUTH_JWKS_URL: Url,
  /** The `iss` claim that tokens must have. */
  ISSUER: z.string().min(1).default('https://auth.goalixa.com'),
  /** Shares the cache between replicas; without it each process has its own in memory. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'a redis:// URL' }).optional(),
  /** `true` only for plain HTTP on loopback: sets cookies without Secure and without the `__Host-` prefix. */
  INSECURE_COOKIES: z.stringbool().default(false),
  /** Further origins whose pages may send writes, comma-separated. */
  ALLOWED_ORIGINS: z.string().default(''),
})
export type BffConfig = z.infer<typeof BffConfig>

/** Reads the settings of the BFF. Throws BAD_CONFIGURATION that names every invalid one. */
export function readBffConfig(env?: NodeJS.ProcessEnv): BffConfig {
  return readConfig(BffConfig, env)
}
