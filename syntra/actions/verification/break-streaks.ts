import type { VerificationView } from '../actions.schema.ts'

/** The verification after a gap in observation: a state must last for its full time again, but the total observed time stays. */
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
