import type { Point } from '../../signals/change-point.ts'
import type { SignalName } from '../../signals/signals.ts'
import type { SnapshotView } from '../index-snapshot.ts'

export type Signal = { evidence: string; points: [number, number][] }

/** The first series of a name whose labels match, or null. */
export function signalOf(
  view: SnapshotView,
  name: SignalName,
  labels: Record<string, string>,
): Signal | null {
  const found = view
    .series(name)
    .find(series => Object.entries(labels).every(([key, value]) => series.labels[key] === value))
  return found === undefined ? null : { evidence: found.evidence, points: found.points }
}

/** Combines two series at the times that both have. */
export function alignSeries(
  left: readonly Point[],
  right: readonly Point[],
  combine: (a: number, b: number) => number,
): [number, number][] {
  const other = new Map(right)
  return left.flatMap(([time, value]): [number, number][] => {
    const second = other.get(time)
    return second === undefined ? [] : [[time, combine(value, second)]]
  })
}

/** The values from `from` (inclusive) to `until` (exclusive), in Unix seconds. */
export function sliceByTime(points: readonly Point[], from: number, until: number): number[] {
  return points.filter(([time]) => time >= from && time < until).map(([, value]) => value)
}
