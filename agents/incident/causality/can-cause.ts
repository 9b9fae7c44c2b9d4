import { POD_LABELS } from '../../snapshot/alert-labels.ts'
import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { signalOf } from '../../snapshot/series/lookup.ts'
import { subjectOfService } from '../analysers/latency.ts'
import { cardOf, type Effect } from '../codes.ts'
import type { Finding, Subject } from '../verdict.ts'
import { isNamedByAlert } from './alert-subject.ts'
import { isRecent } from './is-recent.ts'

/** What a sign needs of that which explains it. Signs that are not listed take any explanation of their own service. */
const NEEDS: Record<string, Effect[]> = {
  LATENCY_UP: ['slow'],
  ERRORS_UP: ['errors'],
  SERVICE_SLOW: ['slow'],
  SERVICE_ERRORS: ['errors'],
  REVISION_SLOWER: ['slow'],
  REVISION_ERRORS: ['errors'],
  UPSTREAM_ERRORS: ['errors', 'down'],
}
/** How requests and manifests reach a process; none of it makes the process itself fail. */
const WIRING = /^(?:SERVICE_PORT_|SERVICE_SELECTOR_|SCALED_|SYNC_|CALLS_THROUGH_|ROLLOUT_PAUSED)/
const OF_THE_PROCESS =
  /^(?:CRASH_LOOP|NOT_READY|OOM_KILLED|MEMORY_|IMAGE_|CONFIG_|UNSCHEDULABLE|VOLUME_|READINESS_|LIVENESS_|STARTUP_)/
const SLOW = ['SERVICE_SLOW', 'REVISION_SLOWER', 'LATENCY_UP', 'CALLS_THROUGH_INGRESS', 'TRAFFIC_SURGE']
/** What a caller can suffer from what it calls. */
const FELT_BY_CALLERS = ['UPSTREAM_ERRORS', 'ERRORS_UP', 'LATENCY_UP', 'NOT_READY']

/**
 * Whether one fact can be why another is so: by layer, by owner or call, by time, and by what it does. `isLoose` also lets
 * an alert be explained by what its service calls, for alerts at whose own service nothing was measured.
 */
export function canCause(view: SnapshotView, a: Finding, b: Finding, isLoose = false): boolean {
  if (a === b || !isEarlier(view, a, b) || !isRecent(view, a) || isBesides(a, b)) return false
  const from = cardOf(a.code)
  const to = cardOf(b.code)
  if (WIRING.test(a.code) && OF_THE_PROCESS.test(b.code)) return false
  if (a.code === 'DRIFT_FROM_GIT' || b.code === 'DRIFT_FROM_GIT') return false
  // Of an alert that is about no known service only what it names itself can be the reason.
  if (b.code === 'ALERT_FIRING' && b.service === null)
    return from.layer < to.layer && isNamedByAlert(view, a, b) && harms(view, a, b)
  if (a.subject.kind === 'ExternalDependency')
    return to.layer >= 2 && isUsedBy(view, a, b) && harms(view, a, b)
  if (a.subject.kind === 'Node') return to.layer >= 3 && runsOn(view, a.subject.name, b) && harms(view, a, b)
  if (a.code === 'TRAFFIC_SURGE')
    return to.layer >= 2 && mayOverload(a, b) && isBelow(view, a.service, b.service) && harms(view, a, b)
  if (a.service === null) return false
  if (a.service === b.service) return from.layer < to.layer && harms(view, a, b)
  if (b.service === null) return false
  if (view.callees(b.service).includes(a.service)) return isFeltByCaller(b, isLoose) && harms(view, a, b)
  // Who is not called any more is silent because its caller is down.
  const isCaller = view.callers(b.service).includes(a.service)
  return isCaller && b.code === 'WENT_SILENT' && from.layer < to.layer && isDown(view, a)
}

/** What befalls one container of a pod does not end another. */
function isBesides(a: Finding, b: Finding): boolean {
  return a.container !== undefined && b.container !== undefined && a.container !== b.container
}

function isFeltByCaller({ code }: Finding, isLoose: boolean): boolean {
  return FELT_BY_CALLERS.includes(code) || (isLoose && code === 'ALERT_FIRING')
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
  const needed = NEEDS[b.code]
  if (needed === undefined) return true
  const isOnlySlow = SLOW.includes(a.code) && needed.includes('errors') && !needed.includes('slow')
  if (isOnlySlow) return isNearTimeout(view, a.service)
  if (effects.some(effect => needed.includes(effect))) return true
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
  if (b.code === 'UPSTREAM_ERRORS' && users.some(user => isSame(subjectOfService(view, user), b.subject)))
    return true
  // A service whose own log tells of the refusal uses it, whether or not anything measured the call.
  const logs = view.snapshot.logs.filter(log => dependency.evidence.includes(log.evidence))
  const told = logs.some(log =>
    view.pods.some(pod => pod.name === log.pod && view.workloadOfPod(pod)?.service === b.service),
  )
  return users.includes(b.service) || told
}

function isSame(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name
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
function mayOverload(surge: Finding, b: Finding): boolean {
  const [first, second] = [secondsOf(surge.onset), secondsOf(b.onset)]
  if (b.code.startsWith('REVISION_')) return false
  return b.code === 'ALERT_FIRING' || (first !== null && second !== null && first < second)
}

function isBelow(view: SnapshotView, edge: string | null, service: string | null): boolean {
  if (edge === null || service === null) return false
  const seen = new Set([edge])
  for (const one of seen) for (const callee of view.callees(one)) seen.add(callee)
  return seen.has(service)
}
