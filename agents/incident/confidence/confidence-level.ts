/** The confidence in a cause, as people see it. */
export type ConfidenceLevel = 'high' | 'medium' | 'low'

/** At or above this, `npm run calibrate` finds nine of ten causes right in subject and code (decision 0011). */
const HIGH = 0.8
/** Below this, a cause is a hypothesis and not a verdict. */
export const MEDIUM = 0.5

/** The level of a confidence score, 0..1. A percentage would claim too much: the score is a tally, not a fitted probability. */
export function confidenceLevel(confidence: number): ConfidenceLevel {
  if (confidence >= HIGH) return 'high'
  return confidence >= MEDIUM ? 'medium' : 'low'
}
