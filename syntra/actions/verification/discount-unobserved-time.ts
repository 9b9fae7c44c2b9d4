import type { VerificationView } from '../actions.schema.ts'

/** What is known after a time in which nobody looked: if it was long, a streak is broken, and the time does not count. */
export function discountUnobservedTime(
  view: VerificationView,
  since: Date,
  now: Date,
  pollMs: number,
): VerificationView {
  const gapMs = now.getTime() - since.getTime()
  if (gapMs >= 0 && gapMs <= 3 * pollMs) return view
  const startedAt = new Date(Date.parse(view.startedAt) + gapMs).toISOString()
  return { ...view, startedAt, holdsSince: null, worseSince: null, sameSince: null }
}
