import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** The real GitHub to run the suite against; by default the emulator. */
export const conformanceConfig = readConfig(
  z.object({
    CONFORMANCE_GITHUB_URL: z.url().optional(),
    CONFORMANCE_GITHUB_TOKEN: z.string().optional(),
    /** `owner/name` of an existing repository with at least one commit; the suite creates branches in it. */
    CONFORMANCE_GITHUB_REPO: z
      .string()
      .regex(/^[^/]+\/[^/]+$/)
      .optional(),
  }),
)
