import { readConfig, ServiceConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const Url = z.url({ protocol: /^https?$/, error: 'an http(s) URL' })

const BffConfig = ServiceConfig.extend({
  AUTH_URL: Url,
  CORE_URL: Url,
  /** Where the keys are published that access tokens are checked with. */
  AUTH_JWKS_URL: Url,
  /** `iss` the tokens must have. */
  ISSUER: z.string().min(1).default('https://auth.goalixa.com'),
  /** Without it the cache is in memory, one for each process. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'a redis:// URL' }).optional(),
  /** `true` only for plain HTTP on loopback: cookies without Secure and without the `__Host-` prefix. */
  INSECURE_COOKIES: z.stringbool().default(false),
  /** Other origins whose pages may write, comma-separated. */
  ALLOWED_ORIGINS: z.string().default(''),
})
export type BffConfig = z.infer<typeof BffConfig>

/** The settings of the BFF; throws BAD_CONFIGURATION that names every faulty one. */
export function readBffConfig(env?: NodeJS.ProcessEnv): BffConfig {
  return readConfig(BffConfig, env)
}
