import type { VerificationView } from '../actions.schema.ts'

/** A verification before its first check. */
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
