import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** Where the database listens and keeps its files. The folder must be reachable by other users: PostgreSQL never runs as root. */
export function readPostgresConfig() {
  return readConfig(
    z.object({
      HOST: z.string().default('127.0.0.1'),
      PORT: z.coerce.number().int().min(1).max(65_535),
      DATA_DIR: z.string().min(1),
    }),
  )
}
