import type { Point } from './change-point.ts'
import { median, robustSpread } from './robust-statistics.ts'

export type Comparison = {
  old: number
  new: number
  /** How much more the new pods changed than the old pods did in the same time (difference in differences). */
  effect: number
  /** `effect` in robust standard deviations of the old pods. */
  score: number
  /** Whether old pods ran beside the new ones, as a control group. */
  hasControl: boolean
}

/**
 * Compares the pods of a new revision with those of the old one: (new after − old before) − (old after − old before).
 * Without old pods after the change there is no control group and the second term is zero. Null where either has no points.
 */
export function compareRevisions(
  newer: readonly Point[],
  older: readonly Point[],
  floor: number,
): Comparison | null {
  const fresh = newer.filter(isFinitePoint)
  const start = fresh[0]?.[0]
  if (start === undefined) return null
  const settled = fresh.length > 3 ? fresh.slice(1) : fresh
  const before = older.filter(point => isFinitePoint(point) && point[0] < start).map(([, v]) => v)
  const beside = older.filter(point => isFinitePoint(point) && point[0] >= start).map(([, v]) => v)
  const baseline = before.length > 0 ? before : beside
  if (baseline.length === 0) return null

  const hasControl = before.length > 0 ? beside.length >= 3 : beside.length > 0
  const old = median(baseline)
  const now = median(settled.map(([, v]) => v))
  const drift = hasControl && before.length > 0 ? median(beside) - old : 0
  const effect = now - old - drift
  const spread = Math.max(robustSpread(baseline), 0.05 * Math.abs(old), floor / 5)
  return { old, new: now, effect, score: spread > 0 ? effect / spread : 0, hasControl }
}

function isFinitePoint([t, v]: Point): boolean {
  return Number.isFinite(t) && Number.isFinite(v)
}
