import { pluralize } from '@goalixa/chassis/pluralize'
import { confidenceLevel } from '../incident/confidence/confidence-level.ts'
import type { Cause } from '../incident/verdict.ts'

/** Why an action is proposed: the cause, the confidence in it with the arguments counted, and the contributing change. */
export function explainCause({ message, confidence, change, for: pro, against }: Cause): string {
  const argued = `${pluralize(pro.length, 'argument')} for, ${against.length} against`
  const cause = `${message}. Confidence: ${confidenceLevel(confidence)} (${argued}).`
  return change === null ? cause : `${cause} Contributing change: ${change.summary}.`
}
