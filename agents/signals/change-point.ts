import { median, robustSpread } from './robust-statistics.ts'

export type Point = readonly [number, number]

/** What is worse, and how small a change is nobody's trouble (in the unit of the series, and as a share of before). */
export type ChangeThreshold = { worse: 'up' | 'down'; minAbsolute: number; minRelative: number }

export type ChangePoint = {
  /** Unix seconds of the first bad point. */
  at: number
  before: number
  after: number
  /** Distance between before and after in robust standard deviations. */
  score: number
  /** Whether the last points are still bad. */
  isOngoing: boolean
}

const FEWEST_BEFORE = 4
const FEWEST_AFTER = 2
const SURE = 4

/**
 * When a series became worse and stayed so, or null. The split with the least squared error finds the moment; median and
 * interquartile range before it (with floors, so that a flat line is not infinitely surprised) decide whether it counts.
 */
export function findChangePoint(points: readonly Point[], meaning: ChangeThreshold): ChangePoint | null {
  const sign = meaning.worse === 'up' ? 1 : -1
  const finite = points.filter(([t, v]) => Number.isFinite(t) && Number.isFinite(v))
  const values = finite.map(([, v]) => v * sign)
  const split = bestSplit(values)
  if (split === null) return null

  const earlier = values.slice(0, split)
  const before = median(earlier)
  const after = median(values.slice(split))
  const change = after - before
  if (change < meaning.minAbsolute || change < meaning.minRelative * Math.abs(before)) return null

  const spread = Math.max(robustSpread(earlier), 0.05 * Math.abs(before), meaning.minAbsolute / 5)
  const score = change / spread
  if (score < SURE) return null

  const limit = before + Math.max(2.5 * spread, 0.2 * change)
  const first = firstBad(values, split, limit)
  const end = median(values.slice(-3))
  return {
    at: finite[first]?.[0] ?? 0,
    // Adding zero turns −0 into 0.
    before: before * sign + 0,
    after: after * sign + 0,
    score,
    isOngoing: end >= before + change / 2,
  }
}

function bestSplit(values: number[]): number | null {
  const total = values.length
  if (total < FEWEST_BEFORE + FEWEST_AFTER) return null
  const sum = values.reduce((all, value) => all + value, 0)
  let left = 0
  let best: { at: number; gain: number } | null = null
  for (let at = 1; at <= total - FEWEST_AFTER; at++) {
    left += values[at - 1] ?? 0
    if (at < FEWEST_BEFORE) continue
    const difference = (sum - left) / (total - at) - left / at
    // What splitting here takes off the squared error (Fisher's between-group sum of squares).
    const gain = ((at * (total - at)) / total) * difference * difference
    if (difference > 0 && (best === null || gain > best.gain)) best = { at, gain }
  }
  return best?.at ?? null
}

function firstBad(values: number[], split: number, limit: number): number {
  let first = split
  while (first > 0 && (values[first - 1] ?? limit) > limit) first--
  while (first < values.length - 1 && (values[first] ?? limit) <= limit) first++
  return first
}
