import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Pod } from '../../snapshot/objects/pod.ts'
import { cardOf } from '../analysers/registry.ts'
import type { Finding } from '../finding.ts'
import type { Subject } from '../findings/finding-shape.ts'
import { isBelow } from '../findings/layers.ts'

/**
 * Whether a node that is NotReady can cause a finding: the pods that it is about have to fail on that node, of calls and users those of
 * the service, and where an alert or a person names a pod, that very pod. What a container reports of itself does not come from its node.
 */
export function isAffectedByNode(view: SnapshotView, node: string, finding: Finding): boolean {
  const { kind, layer, canComeFromNode } = cardOf(finding.code)
  if (kind === 'process' && canComeFromNode !== true) return false
  if (isAboutPodElsewhere(view, node, finding)) return false
  const own = isBelow(layer, 'calls') ? podsOf(view, finding.subject) : []
  const pods = own.length > 0 ? own : podsOfService(view, finding.service)
  const named = podsNamed(view).filter(pod => pods.includes(pod))
  return (named.length > 0 ? named : pods).some(
    pod => pod.node === node && pod.isReady !== true && !pod.isCompleted,
  )
}

/** Whether a finding is an alert about pods none of which runs on the node. */
function isAboutPodElsewhere(view: SnapshotView, node: string, { code, subject }: Finding): boolean {
  if (code !== 'ALERT_FIRING') return false
  const alerts = view.scope.alerts.filter(alert => alert.name === subject.name)
  const pods = alerts.flatMap(({ labels }) => view.podNamed(labels.pod ?? '') ?? [])
  return pods.length > 0 && pods.every(pod => pod.node !== node)
}

/**
 * Whether a symptom happens where a node cannot matter: in pods elsewhere, or in pods of another controller than the one that the scope
 * names and that has none on the node. A node takes replicas from a service, but nothing in a pod on another node follows from that.
 */
export function isOnOtherNode(view: SnapshotView, node: string, symptom: Finding): boolean {
  if (isAboutPodElsewhere(view, node, symptom)) return true
  const named = podsNamed(view)
  if (named.length === 0 || named.some(pod => pod.node === node)) return false
  if (view.scope.object?.kind === 'Pod' || symptom.subject.kind === 'Node') return true
  const own = podsOf(view, symptom.subject)
  return own.length > 0 && !own.some(pod => named.includes(pod))
}

/** The pods of the object that the scope is about. */
function podsNamed(view: SnapshotView): Pod[] {
  const { object } = view.scope
  return object === null ? [] : podsOf(view, object)
}

/** The pod itself, whatever controls it, or the pods of a controller. */
function podsOf(view: SnapshotView, { kind, name }: Pick<Subject, 'kind' | 'name'>): Pod[] {
  const pod = kind === 'Pod' ? view.podNamed(name) : undefined
  return pod === undefined ? view.podsOfController({ kind, name }) : [pod]
}

/** Pods of no known service have nothing in common. */
function podsOfService(view: SnapshotView, service: string | null): Pod[] {
  if (service === null) return []
  return view.pods.filter(pod => (view.workloadOfPod(pod)?.service ?? pod.service) === service)
}
