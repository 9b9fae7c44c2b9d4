import { z } from 'zod'

/** What is to be read and why. `id` is stable for the same question, so that a snapshot can name its answer. */
export const Question = z.object({
  /** For example `pods`, `error-ratio`, `logs/core-7d9-x/core/previous`. Unique within an investigation. */
  id: z.string(),
  tool: z.string(),
  args: z.record(z.string(), z.json()),
  why: z.string(),
})
export type Question = z.infer<typeof Question>

/** One recorded read: redacted, cut to size, content-addressed; or why it could not be read. JSON only. */
export const Evidence = z.object({
  /** `E1`, `E2`, … within an investigation, in the order of planning: what reports and chains cite. */
  id: z.string(),
  question: Question,
  /** ISO time at which the read began. */
  at: z.string(),
  tookMs: z.number(),
  outcome: z.enum(['read', 'unread']),
  /** The tool's result after redaction and cut; null when unread. */
  result: z.json(),
  /** SHA-256 of the canonical JSON of `result`, hex. */
  digest: z.string(),
  /** What was left out to keep the size, in words; empty if nothing was. */
  cut: z.array(z.string()),
  /** Why it could not be read. */
  reason: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type Evidence = z.infer<typeof Evidence>
