import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

/** The real endpoints to hold against the same suites; unset means the emulation. */
export const conformanceConfig = readConfig(
  z.object({
    CONFORMANCE_GITHUB_URL: z.url().optional(),
    CONFORMANCE_GITHUB_TOKEN: z.string().optional(),
    /** `owner/name` of an existing repository with at least one commit; branches are made in it. */
    CONFORMANCE_GITHUB_REPO: z
      .string()
      .regex(/^[^/]+\/[^/]+$/)
      .optional(),
  }),
)
