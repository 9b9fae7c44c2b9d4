import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** A real GitHub to run the suite against; the emulator by default. */
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
