import type { Point } from './change-point.ts'
import { median } from './robust-statistics.ts'

export type Contribution = {
  /** How much more there is after the onset than before, in the unit of the series. */
  total: number
  /** The part that its calls do not explain. */
  own: number
  /** `own / total`, 0..1. */
  share: number
}

/**
 * How much of its own latency or errors a service adds itself: their growth since the onset minus the growth that its calls
 * explain, per request. Calls run in parallel, so they explain at most 98 % of the whole. Null where nothing grew.
 */
export function measureSelfContribution(
  total: readonly Point[],
  explained: readonly (readonly Point[])[],
  onset: number,
): Contribution | null {
  const whole = growth(total, onset)
  if (whole === null || whole <= 0) return null
  const parts = explained.map(points => Math.max(growth(points, onset) ?? 0, 0))
  const byOthers = Math.min(
    parts.reduce((sum, part) => sum + part, 0),
    0.98 * whole,
  )
  const own = whole - byOthers
  return { total: whole, own, share: own / whole }
}

function growth(points: readonly Point[], onset: number): number | null {
  const before = points.filter(([time]) => time < onset).map(([, value]) => value)
  const after = points.filter(([time]) => time >= onset).map(([, value]) => value)
  if (after.length === 0) return null
  return median(after) - (before.length === 0 ? 0 : median(before))
}
