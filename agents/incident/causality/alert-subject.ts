import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Finding } from '../finding.ts'
import { isNamedByLabels } from '../findings/named-by-scope.ts'

/** Whether the labels of an alert name the subject of a finding, or an object of it. */
export function isNamedByAlert(view: SnapshotView, finding: Finding, alert: Finding): boolean {
  const labels = view.scope.alerts
    .filter(candidate => candidate.name === alert.subject.name)
    .map(alert => alert.labels)
  return isNamedByLabels(view, finding.subject, labels)
}
