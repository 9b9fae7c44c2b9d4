import type { Point } from './change-point.ts'
import { median } from './robust-statistics.ts'

export type Slope = {
  /** Change per second, the median over all pairs (Theil and Sen), so that single outliers do not change it. */
  perSecond: number
  /** Share of pairs that rise, 0..1: 0.5 is noise, 1 never falls. */
  rising: number
}

const MAX_POINTS = 60

/** How a series grows; null where it has too few points. */
export function slopeOf(points: readonly Point[]): Slope | null {
  const finite = points.filter(([t, v]) => Number.isFinite(t) && Number.isFinite(v))
  const every = Math.max(1, Math.ceil(finite.length / MAX_POINTS))
  const some = finite.filter((_, index) => index % every === 0)
  if (some.length < 6) return null
  const pairs = some.flatMap(([t, v], index) =>
    some.slice(index + 1).flatMap(([later, value]) => (later > t ? [(value - v) / (later - t)] : [])),
  )
  if (pairs.length === 0) return null
  return { perSecond: median(pairs), rising: pairs.filter(pair => pair > 0).length / pairs.length }
}
