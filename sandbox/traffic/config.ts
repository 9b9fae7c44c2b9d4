import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** Reads the load: number of users, request rate, and the seed of their behaviour. */
export function readTrafficConfig() {
  return readConfig(
    z.object({
      BASE_URL: z.url(),
      /** The origin of the users' pages; sent as Origin. */
      ORIGIN: z.url().optional(),
      USERS: z.coerce.number().int().min(1).max(500).default(6),
      /** Requests per second of all users together. */
      RATE: z.coerce.number().positive().max(200).default(8),
      SEED: z.coerce.number().int().default(7),
      LOG_LEVEL: z.string().default('info'),
    }),
  )
}
