import { secondsOf } from '../clock.ts'
import type { SnapshotView } from '../index-snapshot.ts'
import type { Revision, Workload } from '../objects/workload.ts'
import { lookBackSeconds } from './look-back.ts'

/**
 * The revision of a service's workload that was rolled out shortly before an onset, or null. It must precede the onset, within
 * the tolerance of the clocks, by no more than the look-back.
 */
export function findReleaseBefore(
  view: SnapshotView,
  service: string,
  onset: number,
): { workload: Workload; revision: Revision } | null {
  for (const workload of view.workloadsOfService(service)) {
    const [revision, previous] = view.revisionsOf(workload)
    const change = view.snapshot.changes.findLast(
      change =>
        change.kind === 'rollout' &&
        change.subject.name === workload.name &&
        change.to === String(revision?.number),
    )
    const at = secondsOf(change?.at)
    if (revision === undefined || previous === undefined || at === null) continue
    const isBefore = at <= onset + view.toleranceSeconds
    if (isBefore && at >= onset - lookBackSeconds(view.scope)) return { workload, revision }
  }
  return null
}
