import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { cardOf } from '../analysers/registry.ts'
import type { Finding } from '../finding.ts'

/**
 * Whether a node that is NotReady can cause a finding: pods of its service that fail have to run on that node, and of an alert the very
 * pod that it names. What a container reports of itself does not come from its node.
 */
export function isAffectedByNode(view: SnapshotView, node: string, finding: Finding): boolean {
  const { kind, canComeFromNode } = cardOf(finding.code)
  if (kind === 'process' && canComeFromNode !== true) return false
  if (isAboutPodElsewhere(view, node, finding)) return false
  return view.pods.some(
    pod =>
      pod.node === node &&
      pod.isReady !== true &&
      !pod.isCompleted &&
      (view.workloadOfPod(pod)?.service ?? pod.service) === finding.service,
  )
}

/** Whether a finding is an alert about pods none of which runs on the node. */
export function isAboutPodElsewhere(view: SnapshotView, node: string, { code, subject }: Finding): boolean {
  if (code !== 'ALERT_FIRING') return false
  const alerts = view.scope.alerts.filter(alert => alert.name === subject.name)
  const pods = alerts.flatMap(({ labels }) => view.podNamed(labels.pod ?? '') ?? [])
  return pods.length > 0 && pods.every(pod => pod.node !== node)
}
