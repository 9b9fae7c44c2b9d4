import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const Config = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(6443),
  /** The token of the administrator. */
  CONTROL_PLANE_TOKEN: z.string().min(1),
  /** A second, read-only token. */
  CONTROL_PLANE_READER_TOKEN: z.string().min(1).optional(),
  /** The CIDR range of the services' cluster IPs. */
  SERVICE_CIDR: z.string().default('127.40.0.0/20'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
})
export type Config = z.infer<typeof Config>

/** Reads the settings of this process. Throws with all errors at once. */
export function readControlPlaneConfig(): Config {
  return readConfig(Config)
}
