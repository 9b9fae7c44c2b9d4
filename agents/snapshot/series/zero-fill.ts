import type { SnapshotView } from '../index-snapshot.ts'

/** Steps without a point after which a series counts as ended. */
const MISSED_STEPS = 3

/**
 * The points of a rate with zeros where the series does not exist but others of its kind do: a counter that was never
 * incremented, or a service that is gone, is at zero. Gaps in the middle stay gaps.
 */
export function zeroFill(view: SnapshotView, points: readonly [number, number][]): [number, number][] {
  const times = [
    ...new Set(view.series('request-rate').flatMap(series => series.points.map(([time]) => time))),
  ]
  times.sort((a, b) => a - b)
  const [first, last] = [points[0]?.[0], points.at(-1)?.[0]]
  if (first === undefined || last === undefined) return [...points]
  const zeros = (times: number[]) => times.map((time): [number, number] => [time, 0])
  const before = times.filter(time => time < first)
  const after = times.filter(time => time > last)
  return [...zeros(before), ...points, ...(after.length >= MISSED_STEPS ? zeros(after) : [])]
}
