import { z } from 'zod'

/** A read to be made, and why. `id` is stable for the same question, so that a snapshot can name its answer. `why` is a noun phrase for the timeline. */
export const Question = z.object({
  /** Made by `questionId` in agents/snapshot, for example `logs/core-7d9-x/core/previous`. Unique within an investigation. */
  id: z.string(),
  tool: z.string(),
  args: z.record(z.string(), z.json()),
  why: z.string(),
})
export type Question = z.infer<typeof Question>

/** What was truncated: items of a list, characters of a text, levels of what is nested too deeply, or bytes of a whole response. */
export const Cut = z.object({
  /**
   * `lines`, `series.0.points`; empty for the result as a whole. For what was truncated while a response was read, the path in that
   * response (`items.3.metadata.annotations`).
   */
  path: z.string(),
  unit: z.enum(['items', 'characters', 'levels', 'bytes']),
  kept: z.number().int(),
  total: z.number().int(),
  /** Why items are missing, where it is not their number or size: `unreadable: metadata.name: expected string`. */
  note: z.string().optional(),
})
export type Cut = z.infer<typeof Cut>

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
  /** What was truncated; empty if nothing was. Evidence recorded before version 0.2 has sentences here. */
  cut: z.array(z.union([Cut, z.string()])),
  /** Why it could not be read. */
  reason: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type Evidence = z.infer<typeof Evidence>

/** Converts an entry of `cut` to this version's form; null for a sentence that no version wrote. */
export function readCut(entry: Cut | string): Cut | null {
  if (typeof entry !== 'string') return entry
  const [, path = '', left, total, unit] =
    entry.match(/^(.*): (\d+) of (\d+) (items|characters) left out$/) ?? []
  if (unit !== 'items' && unit !== 'characters') return null
  return {
    path: path === 'the result' ? '' : path,
    unit,
    kept: Number(total) - Number(left),
    total: Number(total),
  }
}
