import { z } from 'zod'

/** A person's word on one action in the state in which it was shown. */
export const Decision = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  reason: z.string().max(1_000).optional(),
  stateDigest: z.string().regex(/^[0-9a-f]{64}$/, 'the stateDigest that GET /v1/actions/{id} showed'),
})
export type Decision = z.infer<typeof Decision>
