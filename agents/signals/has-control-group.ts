import type { Finding } from '../incident/verdict.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { compareRevisions } from './revision-comparison.ts'

/** Whether pods of an old revision ran beside the new ones, so that a finding about the new revision has a control group. */
export function hasControlGroup(view: SnapshotView, { code, service }: Finding): boolean {
  const name = code === 'REVISION_SLOWER' ? 'latency-mean-by-revision' : 'error-ratio-by-revision'
  const all = view.series(name).filter(series => series.labels.service === service)
  const newest = new Set(
    view.workloadsOfService(service ?? '').flatMap(workload => view.revisionsOf(workload)[0]?.hash ?? []),
  )
  const newer = all.filter(one => newest.has(one.labels.revision ?? '')).flatMap(one => one.points)
  const older = all.filter(one => !newest.has(one.labels.revision ?? '')).flatMap(one => one.points)
  return compareRevisions(newer, older, 0)?.hasControl === true
}
