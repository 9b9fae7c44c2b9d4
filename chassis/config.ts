import { z } from 'zod'
import { ExpectedError } from './errors.ts'

/**
 * Reads settings from the environment. An empty variable counts as unset, unless the setting's `meta({ rejectsEmpty })` says that
 * its default would loosen what somebody meant to restrict. `process.env` is read only here. Throws
 * BAD_CONFIGURATION with every fault.
 */
export function readConfig<S extends z.ZodObject>(
  shape: S,
  env: NodeJS.ProcessEnv = process.env,
): z.infer<S> {
  const parsed = shape.safeParse(
    Object.fromEntries(
      Object.entries(env).filter(([name, value]) => value !== '' || shape.shape[name]?.meta()?.rejectsEmpty),
    ),
  )
  if (parsed.success) return parsed.data
  throw new ExpectedError(
    'invalid',
    'BAD_CONFIGURATION',
    `Bad configuration:\n${z.prettifyError(parsed.error)}`,
  )
}

/** The names of the settings whose `meta({ secret: true })` says that their values are secrets. */
export function secretSettingsOf(shape: z.ZodObject): string[] {
  return Object.keys(shape.shape).filter(name => shape.shape[name]?.meta()?.secret)
}

/** The settings that every service has. Port 0 picks a free port. */
export const ServiceConfig = z.object({
  HOST: z.string().default('127.0.0.1').describe('The address to listen on.'),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('The port for requests; 0 picks a free one.'),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(9090).describe('The port for metrics.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least severe level that is logged.'),
  SERVICE_VERSION: z.string().default('dev').describe('The version in logs and metrics.'),
  DRAIN_SECONDS: z.coerce
    .number()
    .min(0)
    .max(120)
    .default(0)
    .describe('Seconds between not ready and closing, so that load balancers stop sending requests first.'),
  TRUSTED_PROXIES: z
    .string()
    .default('127.0.0.0/8,10.0.0.0/8')
    .describe('CIDR ranges of the proxies whose X-Forwarded-For header is trusted, comma-separated.'),
})
export type ServiceConfig = z.infer<typeof ServiceConfig>
