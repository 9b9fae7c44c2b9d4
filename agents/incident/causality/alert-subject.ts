import { OBJECT_LABELS } from '../../snapshot/alert-labels.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import type { Finding } from '../finding.ts'

/** Whether the labels of an alert name the subject of a finding: the object itself, one of its pods, or a volume claim of those. */
export function isNamedByAlert(view: SnapshotView, finding: Finding, alert: Finding): boolean {
  const labels = view.scope.alerts
    .filter(candidate => candidate.name === alert.subject.name)
    .map(alert => alert.labels)
  const named = new Set(labels.flatMap(label => OBJECT_LABELS.flatMap(key => label[key] ?? [])))
  const workload = view.workloadNamed(finding.subject.name)
  const pods = workload === undefined || workload.kind !== finding.subject.kind ? [] : view.podsOf(workload)
  const claims = pods.flatMap(pod =>
    listAt(pod.object, 'spec.volumes').flatMap(
      volume => stringAt(volume, 'persistentVolumeClaim.claimName') ?? [],
    ),
  )
  return [finding.subject.name, ...pods.map(pod => pod.name), ...claims].some(name => named.has(name))
}
