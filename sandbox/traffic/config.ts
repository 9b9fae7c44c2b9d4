import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** Settings of the load: how many people, how often each does something, and the seed of what they do. */
export function readTrafficConfig() {
  return readConfig(
    z.object({
      BASE_URL: z.url(),
      /** The host the people believe they visit; sent as Origin. */
      ORIGIN: z.url().optional(),
      USERS: z.coerce.number().int().min(1).max(500).default(6),
      /** Requests per second, all people together. */
      RATE: z.coerce.number().positive().max(200).default(8),
      SEED: z.coerce.number().int().default(7),
      LOG_LEVEL: z.string().default('info'),
    }),
  )
}
