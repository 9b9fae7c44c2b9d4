const START = -0.5
const FOR = 0.7
const AGAINST = 0.9

/**
 * The confidence in a cause, 0..1, to three decimals: the logistic function of the counted arguments,
 * 1 / (1 + e^−(−0.5 + 0.7·for − 0.9·against)), the same for every analyser. The weights are chosen, not fitted (decision
 * 0011); `npm run calibrate` prints how well they hold.
 */
export function scoreConfidence({ for: pro, against }: { for: unknown[]; against: unknown[] }): number {
  const score = START + FOR * pro.length - AGAINST * against.length
  return Math.round(1000 / (1 + Math.exp(-score))) / 1000
}
