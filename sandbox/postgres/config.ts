import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/**
 * Reads the port and data folder of the database. Other users must be able to reach the folder: PostgreSQL never runs
 * as root.
 */
export function readPostgresConfig() {
  return readConfig(
    z.object({
      HOST: z.string().default('127.0.0.1'),
      PORT: z.coerce.number().int().min(1).max(65_535),
      DATA_DIR: z.string().min(1),
    }),
  )
}
