import type { Finding } from '../incident/finding.ts'
import { lookBackSeconds } from '../snapshot/changes/look-back.ts'
import { secondsOf } from '../snapshot/clock.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { Workload } from '../snapshot/objects/workload.ts'
import { compareStrings } from '../snapshot/text/compare-strings.ts'

/** Workloads worth a closer look, most suspicious first: found bad, under alert, or changed shortly before. */
export function suspectsOf(view: SnapshotView, findings: Finding[]): Workload[] {
  const score = (workload: Workload): number => {
    const own = findings.filter(
      finding => finding.service === workload.service && finding.code !== 'ALERT_FIRING',
    ).length
    const changed = view.snapshot.changes.some(
      change =>
        change.subject.name === workload.name &&
        (secondsOf(change.at) ?? 0) > view.since - lookBackSeconds(view.scope),
    )
    const isCalled = view.service !== null && view.callees(view.service).includes(workload.service)
    return own + (workload.service === view.service ? 2 : 0) + (changed ? 1 : 0) + (isCalled ? 0.5 : 0)
  }
  return view.workloads
    .map(workload => ({ workload, score: score(workload) }))
    .filter(one => one.score > 0)
    .toSorted((a, b) => b.score - a.score || compareStrings(a.workload.name, b.workload.name))
    .map(one => one.workload)
}
