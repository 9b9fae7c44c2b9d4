import type { VerificationView } from '../actions.schema.ts'

/** The verification after time that nobody observed: a state must last for its full time again. What was observed still counts. */
export function breakStreaks(view: VerificationView): VerificationView {
  return {
    ...view,
    holdsSince: null,
    worseSince: null,
    sameSince: null,
    holdsMs: null,
    worseMs: null,
    sameMs: null,
  }
}
