import type { Finding } from '../incident/finding.ts'
import { lookBackSeconds } from '../snapshot/changes/look-back.ts'
import { secondsOf } from '../snapshot/clock.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { Workload } from '../snapshot/objects/workload.ts'
import { compareStrings } from '../snapshot/text/compare-strings.ts'

/** Workloads that deserve a closer look, most suspicious first: with findings, under alert, called from there, or changed shortly before. */
export function rankSuspects(view: SnapshotView, findings: Finding[]): Workload[] {
  return view.workloads
    .map(workload => ({ workload, score: suspicionOf(view, findings, workload) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || compareStrings(a.workload.name, b.workload.name))
    .map(({ workload }) => workload)
}

function suspicionOf(view: SnapshotView, findings: Finding[], { name, service }: Workload): number {
  const own = findings.filter(finding => finding.service === service && finding.code !== 'ALERT_FIRING')
  const wasChanged = view.snapshot.changes.some(
    ({ subject, at }) =>
      subject.name === name && (secondsOf(at) ?? 0) > view.since - lookBackSeconds(view.scope),
  )
  const isCalled = view.service !== null && view.callees(view.service).includes(service)
  return own.length + (service === view.service ? 2 : 0) + (wasChanged ? 1 : 0) + (isCalled ? 0.5 : 0)
}
