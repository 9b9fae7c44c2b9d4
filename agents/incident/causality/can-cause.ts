import { POD_LABELS } from '../../snapshot/alert-labels.ts'
import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { isAboutCluster } from '../../snapshot/scope-reach.ts'
import { signalOf } from '../../snapshot/series/lookup.ts'
import { cardOf } from '../analysers/registry.ts'
import type { Finding } from '../finding.ts'
import { isBelow } from '../findings/layers.ts'
import { isExternalDependency, isSameSubject, subjectOfService } from '../findings/subject.ts'
import { isNamedByAlert } from './alert-subject.ts'
import { isAffectedByNode } from './is-affected-by-node.ts'
import { isRecent } from './is-recent.ts'

/**
 * Whether finding `a` can cause finding `b`: by layer, by owner or call, by time, and by effect. `isLoose` also lets a callee
 * explain an alert, for alerts at whose own service nothing was measured.
 */
export function canCause(view: SnapshotView, a: Finding, b: Finding, isLoose = false): boolean {
  if (a === b || !precedes(view, a, b) || !isRecent(view, a) || isInOtherContainer(a, b)) return false
  const from = cardOf(a.code)
  const to = cardOf(b.code)
  if (from.kind === 'wiring' && to.kind === 'process') return false
  if (from.layer === 'note' || to.layer === 'note') return false
  const isDeeper = isBelow(from.layer, to.layer)
  // An alert of no known service can only be caused by an object that its labels name.
  // Of a scope that is about nodes only their faults are findings.
  if (b.code === 'ALERT_FIRING' && a.subject.kind === 'Node' && isAboutCluster(view.scope)) return isDeeper
  if (b.code === 'ALERT_FIRING' && b.service === null)
    return isDeeper && isNamedByAlert(view, a, b) && hasEffect(view, a, b)
  const isSetting = isBelow(to.layer, 'process-over-time')
  if (isExternalDependency(a.subject)) return !isSetting && isUsedBy(view, a, b) && hasEffect(view, a, b)
  if (a.subject.kind === 'Node')
    return (
      !isBelow(to.layer, 'process-failure') &&
      isAffectedByNode(view, a.subject.name, b) &&
      hasEffect(view, a, b)
    )
  if (from.kind === 'load')
    return (
      !isSetting && canOverload(a, b) && isDownstream(view, a.service, b.service) && hasEffect(view, a, b)
    )
  // What serves no requests, such as the pods of a Job, is linked by the object itself.
  if (a.service === null || b.service === null) {
    const isLinked =
      b.code === 'ALERT_FIRING' ? isNamedByAlert(view, a, b) : isSameSubject(a.subject, b.subject)
    return isDeeper && isLinked && hasEffect(view, a, b)
  }
  if (a.service === b.service) return isDeeper && hasEffect(view, a, b)
  if (view.callees(b.service).includes(a.service))
    return canComeFromCallee(b, isLoose) && hasEffect(view, a, b)
  // A service that receives no more requests is silent because its caller is down.
  const isCaller = view.callers(b.service).includes(a.service)
  return isCaller && b.code === 'WENT_SILENT' && isDeeper && isDown(view, a)
}

/** A failure in one container does not terminate the others of its pod. */
function isInOtherContainer(a: Finding, b: Finding): boolean {
  return a.container !== undefined && b.container !== undefined && a.container !== b.container
}

function canComeFromCallee({ code }: Finding, isLoose: boolean): boolean {
  return cardOf(code).canComeFromCallee === true || (isLoose && code === 'ALERT_FIRING')
}

function isDown(view: SnapshotView, { code, service }: Finding): boolean {
  const { effects } = cardOf(code)
  return effects.includes('down') || (effects.includes('start') && hasMissingPods(view, service))
}

function precedes(view: SnapshotView, a: Finding, b: Finding): boolean {
  const [first, second] = [secondsOf(a.onset), secondsOf(b.onset)]
  return first === null || second === null || first <= second + view.toleranceSeconds
}

/** Whether the effects of `a` include one that `b` can be explained by. */
function hasEffect(view: SnapshotView, a: Finding, b: Finding): boolean {
  const { effects } = cardOf(a.code)
  // Pods that do not start while old ones still serve can only make alerts about pods fire.
  const isOnlyStart = effects.length > 0 && effects.every(effect => effect === 'start')
  if (b.code === 'ALERT_FIRING' && isOnlyStart && !hasMissingPods(view, a.service))
    return isAboutPods(view, b)
  const { explainedBy } = cardOf(b.code)
  if (explainedBy === undefined || effects.some(effect => explainedBy.includes(effect))) return true
  if (effects.includes('timeouts') && explainedBy.includes('errors')) return isNearTimeout(view, a.service)
  return effects.includes('start') && hasMissingPods(view, a.service)
}

function isAboutPods(view: SnapshotView, { subject }: Finding): boolean {
  const alerts = view.scope.alerts.filter(alert => alert.name === subject.name)
  return alerts.some(
    ({ labels }) =>
      POD_LABELS.some(label => labels[label] !== undefined) ||
      (labels.endpoint !== undefined && view.knowsService(labels.endpoint)),
  )
}

/** Slowness causes errors only where callers time out. No usual deadline of a call is below half a second. */
function isNearTimeout(view: SnapshotView, service: string | null): boolean {
  const tail = service === null ? null : signalOf(view, 'latency-p95', { service })
  const last = tail?.points.slice(-5).map(([, value]) => value) ?? []
  return last.length > 0 && Math.max(...last) >= 0.5
}

/** Whether a workload of the service has fewer ready pods than desired. If not, old pods still serve. */
function hasMissingPods(view: SnapshotView, service: string | null): boolean {
  if (service === null) return false
  const workloads = view.workloadsOfService(service)
  if (workloads.length > 0)
    return workloads.some(workload => workload.desired !== null && workload.ready < workload.desired)
  // Of a workload of another kind only the pods were read.
  return view.pods.some(
    pod => pod.service === service && !pod.isCompleted && !pod.isDeleting && pod.isReady === false,
  )
}

function isUsedBy(view: SnapshotView, dependency: Finding, b: Finding): boolean {
  const users = view.callers(dependency.subject.name)
  if (b.service === null) return false
  // Calls to a user of the dependency fail with it, and its callers may measure that before the user itself does.
  if (
    b.code === 'UPSTREAM_ERRORS' &&
    users.some(user => isSameSubject(subjectOfService(view, user), b.subject))
  )
    return true
  // A service that logs the failure uses the dependency, whether or not the call is measured.
  const logs = view.snapshot.logs.filter(log => dependency.evidence.includes(log.evidence))
  const isLogged = logs.some(log =>
    view.pods.some(pod => pod.name === log.pod && view.workloadOfPod(pod)?.service === b.service),
  )
  return users.includes(b.service) || isLogged
}

/**
 * Retries are load as well, so a surge must strictly precede what it explains, without the usual tolerance. The faults of a
 * new revision are not explained by load: they stay a competing cause.
 */
function canOverload(surge: Finding, b: Finding): boolean {
  const [first, second] = [secondsOf(surge.onset), secondsOf(b.onset)]
  if (cardOf(b.code).revisionSignal !== undefined) return false
  return b.code === 'ALERT_FIRING' || (first !== null && second !== null && first < second)
}

function isDownstream(view: SnapshotView, edge: string | null, service: string | null): boolean {
  if (edge === null || service === null) return false
  const seen = new Set([edge])
  for (const service of seen) for (const callee of view.callees(service)) seen.add(callee)
  return seen.has(service)
}
