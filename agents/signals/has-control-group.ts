import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { compareRevisions } from './revision-comparison.ts'
import type { SignalName } from './signals.ts'

/** Whether a signal was measured on pods of an old revision beside the new ones, which are then a control group. */
export function hasControlGroup(view: SnapshotView, service: string | null, signal: SignalName): boolean {
  const all = view.series(signal).filter(series => series.labels.service === service)
  const newest = new Set(
    view.workloadsOfService(service ?? '').flatMap(workload => view.revisionsOf(workload)[0]?.hash ?? []),
  )
  const isNewest = ({ labels }: (typeof all)[number]) => newest.has(labels.revision ?? '')
  const newer = all.filter(isNewest).flatMap(series => series.points)
  const older = all.filter(series => !isNewest(series)).flatMap(series => series.points)
  return compareRevisions(newer, older, 0)?.hasControl === true
}
