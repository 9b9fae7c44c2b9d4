import { z } from 'zod'
import { ExpectedError } from './errors.ts'

/** Reads settings from the environment. `process.env` is read here and nowhere else; all faults are told at once. */
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

/** The settings every service has. Ports 0 choose a free one. */
export const ServiceConfig = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(9090),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  SERVICE_VERSION: z.string().default('dev'),
  /** Seconds between "not ready" and closing, so that load balancers notice first. */
  DRAIN_SECONDS: z.coerce.number().min(0).max(120).default(0),
  /** CIDR ranges of the proxies whose X-Forwarded-For is believed, comma-separated. */
  TRUSTED_PROXIES: z.string().default('127.0.0.0/8,10.0.0.0/8'),
})
export type ServiceConfig = z.infer<typeof ServiceConfig>
