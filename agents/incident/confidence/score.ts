const START = -0.5
const FOR = 0.7
const AGAINST = 0.9

/**
 * How sure one may be, 0..1: the logistic function of the counted arguments, 1 / (1 + e^−(−0.5 + 0.7·for − 0.9·against)).
 * The same for every rule; a rule never says by itself how sure it is.
 */
export function scoreConfidence({ for: pro, against }: { for: unknown[]; against: unknown[] }): number {
  const score = START + FOR * pro.length - AGAINST * against.length
  return Math.round(1000 / (1 + Math.exp(-score))) / 1000
}
