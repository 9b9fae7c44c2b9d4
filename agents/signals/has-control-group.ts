import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { compareRevisions } from './revision-comparison.ts'
import type { SignalName } from './signals.ts'

/** Whether a signal was measured at pods of an old revision beside the new ones, so that what it shows of the new ones has a control group. */
export function hasControlGroup(view: SnapshotView, service: string | null, signal: SignalName): boolean {
  const all = view.series(signal).filter(series => series.labels.service === service)
  const newest = new Set(
    view.workloadsOfService(service ?? '').flatMap(workload => view.revisionsOf(workload)[0]?.hash ?? []),
  )
  const newer = all.filter(one => newest.has(one.labels.revision ?? '')).flatMap(one => one.points)
  const older = all.filter(one => !newest.has(one.labels.revision ?? '')).flatMap(one => one.points)
  return compareRevisions(newer, older, 0)?.hasControl === true
}
