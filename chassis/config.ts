import { z } from 'zod'
import { ExpectedError } from './errors.ts'

/** Reads settings from the environment. `process.env` is read only here. Throws BAD_CONFIGURATION with every fault. */
export function readConfig<S extends z.ZodObject>(
  shape: S,
  env: NodeJS.ProcessEnv = process.env,
): z.infer<S> {
  const parsed = shape.safeParse(env)
  if (parsed.success) return parsed.data
  throw new ExpectedError(
    'invalid',
    'BAD_CONFIGURATION',
    `Bad configuration:\n${z.prettifyError(parsed.error)}`,
  )
}

/** The settings that every service has. Port 0 picks a free port. */
export const ServiceConfig = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(9090),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  SERVICE_VERSION: z.string().default('dev'),
  /** Seconds between "not ready" and closing, so that load balancers stop sending requests first. */
  DRAIN_SECONDS: z.coerce.number().min(0).max(120).default(0),
  /** CIDR ranges of the proxies whose X-Forwarded-For header is trusted, comma-separated. */
  TRUSTED_PROXIES: z.string().default('127.0.0.0/8,10.0.0.0/8'),
})
export type ServiceConfig = z.infer<typeof ServiceConfig>
