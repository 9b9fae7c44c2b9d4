import type { VerificationView } from '../actions.schema.ts'

/** A verification before its first check. */
export function initialVerification(now: Date): VerificationView {
  return {
    startedAt: now.toISOString(),
    lastAt: null,
    observedMs: 0,
    holdsSince: null,
    worseSince: null,
    sameSince: null,
    holdsMs: null,
    worseMs: null,
    sameMs: null,
    readings: [],
    result: null,
  }
}
