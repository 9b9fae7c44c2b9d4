import { median, robustSpread } from './robust-statistics.ts'

export type Point = readonly [number, number]

/** The direction that is worse, and the smallest change that counts: in the unit of the series, and as a share of the level before. */
export type ChangeThreshold = { worse: 'up' | 'down'; minAbsolute: number; minRelative: number }

export type ChangePoint = {
  /** Unix seconds of the first point that is worse. */
  at: number
  before: number
  after: number
  /** Distance between before and after in robust standard deviations. */
  score: number
  /** Whether the series is still worse at its end. */
  isOngoing: boolean
}

const MIN_BEFORE = 4
const MIN_AFTER = 2
/** Robust standard deviations; what changes less is noise. */
const MIN_SCORE = 4

/**
 * Where a series became worse and stayed worse, or null. The split with the least squared error finds the moment; median and
 * interquartile range before it decide whether the change counts. The range has a floor, because a flat line has none.
 */
export function findChangePoint(points: readonly Point[], threshold: ChangeThreshold): ChangePoint | null {
  const sign = threshold.worse === 'up' ? 1 : -1
  const finite = points.filter(([t, v]) => Number.isFinite(t) && Number.isFinite(v))
  const values = finite.map(([, v]) => v * sign)
  const split = findBestSplit(values)
  if (split === null) return null

  const earlier = values.slice(0, split)
  const before = median(earlier)
  const after = median(values.slice(split))
  const change = after - before
  if (change < threshold.minAbsolute || change < threshold.minRelative * Math.abs(before)) return null

  const spread = Math.max(robustSpread(earlier), 0.05 * Math.abs(before), threshold.minAbsolute / 5)
  const score = change / spread
  if (score < MIN_SCORE) return null

  const limit = before + Math.max(2.5 * spread, 0.2 * change)
  const first = findFirstWorse(values, split, limit)
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

function findBestSplit(values: number[]): number | null {
  const total = values.length
  if (total < MIN_BEFORE + MIN_AFTER) return null
  const sum = values.reduce((all, value) => all + value, 0)
  let left = 0
  let best: { at: number; gain: number } | null = null
  for (let at = 1; at <= total - MIN_AFTER; at++) {
    left += values[at - 1] ?? 0
    if (at < MIN_BEFORE) continue
    const difference = (sum - left) / (total - at) - left / at
    // How much a split here reduces the squared error (Fisher's between-group sum of squares).
    const gain = ((at * (total - at)) / total) * difference * difference
    if (difference > 0 && (best === null || gain > best.gain)) best = { at, gain }
  }
  return best?.at ?? null
}

function findFirstWorse(values: number[], split: number, limit: number): number {
  let first = split
  while (first > 0 && (values[first - 1] ?? limit) > limit) first--
  while (first < values.length - 1 && (values[first] ?? limit) <= limit) first++
  return first
}
