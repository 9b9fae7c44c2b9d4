import { POD_LABELS } from '../../snapshot/alert-labels.ts'
import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { signalOf } from '../../snapshot/series/lookup.ts'
import { cardOf } from '../analysers/registry.ts'
import type { Finding } from '../finding.ts'
import { isBelow } from '../findings/layers.ts'
import { isExternalDependency, isSameSubject, subjectOfService } from '../findings/subject.ts'
import { isNamedByAlert } from './alert-subject.ts'
import { isRecent } from './is-recent.ts'

/**
 * Whether one fact can be why another is so: by layer, by owner or call, by time, and by what it does. `isLoose` also lets
 * an alert be explained by what its service calls, for alerts at whose own service nothing was measured.
 */
export function canCause(view: SnapshotView, a: Finding, b: Finding, isLoose = false): boolean {
  if (a === b || !isEarlier(view, a, b) || !isRecent(view, a) || isInOtherContainer(a, b)) return false
  const from = cardOf(a.code)
  const to = cardOf(b.code)
  if (from.kind === 'wiring' && to.kind === 'process') return false
  if (from.layer === 'note' || to.layer === 'note') return false
  const isDeeper = isBelow(from.layer, to.layer)
  // Of an alert that is about no known service only what it names itself can be the reason.
  if (b.code === 'ALERT_FIRING' && b.service === null)
    return isDeeper && isNamedByAlert(view, a, b) && harms(view, a, b)
  const isSetting = isBelow(to.layer, 'process-over-time')
  if (isExternalDependency(a.subject)) return !isSetting && isUsedBy(view, a, b) && harms(view, a, b)
  if (a.subject.kind === 'Node')
    return !isBelow(to.layer, 'process-failure') && runsOn(view, a.subject.name, b) && harms(view, a, b)
  if (from.kind === 'load')
    return !isSetting && canOverload(a, b) && isDownstream(view, a.service, b.service) && harms(view, a, b)
  if (a.service === null) return false
  if (a.service === b.service) return isDeeper && harms(view, a, b)
  if (b.service === null) return false
  if (view.callees(b.service).includes(a.service)) return canComeFromCallee(b, isLoose) && harms(view, a, b)
  // Who is not called any more is silent because its caller is down.
  const isCaller = view.callers(b.service).includes(a.service)
  return isCaller && b.code === 'WENT_SILENT' && isDeeper && isDown(view, a)
}

/** What befalls one container of a pod does not end another. */
function isInOtherContainer(a: Finding, b: Finding): boolean {
  return a.container !== undefined && b.container !== undefined && a.container !== b.container
}

function canComeFromCallee({ code }: Finding, isLoose: boolean): boolean {
  return cardOf(code).canComeFromCallee === true || (isLoose && code === 'ALERT_FIRING')
}

function isDown(view: SnapshotView, { code, service }: Finding): boolean {
  const { effects } = cardOf(code)
  return effects.includes('down') || (effects.includes('start') && lacksPods(view, service))
}

function isEarlier(view: SnapshotView, a: Finding, b: Finding): boolean {
  const [first, second] = [secondsOf(a.onset), secondsOf(b.onset)]
  return first === null || second === null || first <= second + view.toleranceSeconds
}

function harms(view: SnapshotView, a: Finding, b: Finding): boolean {
  const { effects } = cardOf(a.code)
  // Pods that do not start beside old ones that serve are felt by alerts about pods, and by no other.
  const isOnlyStart = effects.length > 0 && effects.every(effect => effect === 'start')
  if (b.code === 'ALERT_FIRING' && isOnlyStart && !lacksPods(view, a.service)) return isAboutPods(view, b)
  const { explainedBy } = cardOf(b.code)
  if (explainedBy === undefined || effects.some(effect => explainedBy.includes(effect))) return true
  if (effects.includes('timeouts') && explainedBy.includes('errors')) return isNearTimeout(view, a.service)
  return effects.includes('start') && lacksPods(view, a.service)
}

function isAboutPods(view: SnapshotView, { subject }: Finding): boolean {
  const alerts = view.scope.alerts.filter(alert => alert.name === subject.name)
  return alerts.some(
    ({ labels }) =>
      POD_LABELS.some(label => labels[label] !== undefined) ||
      (labels.endpoint !== undefined && view.knowsService(labels.endpoint)),
  )
}

/** Slowness makes errors only where callers give up waiting. Half a second is far from every usual deadline of a healthy call. */
function isNearTimeout(view: SnapshotView, service: string | null): boolean {
  const tail = service === null ? null : signalOf(view, 'latency-p95', { service })
  const last = tail?.points.slice(-5).map(([, value]) => value) ?? []
  return last.length > 0 && Math.max(...last) >= 0.5
}

/** Pods that can not start harm users only where the old ones do not carry on. */
function lacksPods(view: SnapshotView, service: string | null): boolean {
  const workloads = service === null ? [] : view.workloadsOfService(service)
  return workloads.some(workload => workload.desired !== null && workload.ready < workload.desired)
}

function isUsedBy(view: SnapshotView, dependency: Finding, b: Finding): boolean {
  const users = view.callers(dependency.subject.name)
  if (b.service === null) return false
  // What a user can not do for want of it fails for the user's callers, who may have measured that before the user has.
  if (
    b.code === 'UPSTREAM_ERRORS' &&
    users.some(user => isSameSubject(subjectOfService(view, user), b.subject))
  )
    return true
  // A service whose own log tells of the refusal uses it, whether or not anything measured the call.
  const logs = view.snapshot.logs.filter(log => dependency.evidence.includes(log.evidence))
  const told = logs.some(log =>
    view.pods.some(pod => pod.name === log.pod && view.workloadOfPod(pod)?.service === b.service),
  )
  return users.includes(b.service) || told
}

function runsOn(view: SnapshotView, node: string, b: Finding): boolean {
  return view.pods.some(
    pod => pod.node === node && (view.workloadOfPod(pod)?.service ?? pod.service) === b.service,
  )
}

/**
 * Clients that retry are a load as well, so a surge must have come before what it is to explain, and no clock is lenient
 * here. What a release brought at the same time stays beside it as a rival.
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
