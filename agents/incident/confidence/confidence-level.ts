/** As how sure of a cause people are told to be. */
export type ConfidenceLevel = 'high' | 'medium' | 'low'

/** From here on `npm run calibrate` finds nine of ten causes right in subject and code (decision 0011). */
const HIGH = 0.8
/** Below this a cause is a hypothesis, not a verdict. */
export const MEDIUM = 0.5

/** A score in words. The score is a tally, not a probability, until it is fitted to labelled incidents: a percentage would claim too much. */
export function confidenceLevel(confidence: number): ConfidenceLevel {
  if (confidence >= HIGH) return 'high'
  return confidence >= MEDIUM ? 'medium' : 'low'
}
