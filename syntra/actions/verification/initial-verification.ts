import type { VerificationView } from '../actions.schema.ts'

/** What is known before the first look. */
export function initialVerification(now: Date): VerificationView {
  return {
    startedAt: now.toISOString(),
    lastAt: null,
    holdsSince: null,
    worseSince: null,
    sameSince: null,
    readings: [],
    result: null,
  }
}
