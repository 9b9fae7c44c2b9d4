import type { VerificationView } from '../actions.schema.ts'

/** The verification after a gap between checks. A long gap breaks a streak, and its time does not count. */
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
