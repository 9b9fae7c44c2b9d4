import type { ContainerStatus, Pod, PodStatus } from '@goalixa/emulators-shared/kubernetes/objects'
import { isSidecar } from '../containers/is-sidecar.ts'
import { computePodPhase, type Phase } from './compute-pod-phase.ts'

type Options = {
  pod: Pod
  podIp: string
  hostIp: string
  startTime: string
  inits: ContainerStatus[]
  mains: ContainerStatus[]
  /** Whether the pod has stopped permanently: its phase can no longer be Running. */
  isOver: boolean
  /** Why the node itself stopped the pod. */
  failure?: PodFailure
  /** The last written status: unchanged conditions keep their transition times. */
  previous: PodStatus | undefined
  now: string
}
type Condition = NonNullable<PodStatus['conditions']>[number]

/** A reason set by the kubelet itself, such as DeadlineExceeded. */
export type PodFailure = { reason: string; message: string }

/** Builds the whole status of a pod, in the form of the API. */
export function buildPodStatus(options: Options): PodStatus {
  const { pod, podIp, hostIp, startTime, inits, mains, isOver, failure } = options
  const sidecars = inits.filter(isOneOf(sidecarsOf(pod)))
  const once = inits.filter(init => !sidecars.includes(init))
  const ended = computePodPhase({ restartPolicy: pod.spec.restartPolicy, inits: once, mains })
  // A pod is not finished before its sidecars are.
  const hasFinished = ended === 'Succeeded' || ended === 'Failed'
  const present = hasFinished && sidecars.some(({ state }) => state?.running) ? 'Running' : ended
  const phase =
    failure && isOver ? 'Failed' : finalPhase(present, { isOver, containers: [...once, ...mains], mains })
  const unready = [...sidecars, ...mains].filter(({ ready }) => !ready).map(({ name }) => name)
  const incomplete = [
    ...once.filter(({ state }) => state?.terminated?.exitCode !== 0),
    ...sidecars.filter(({ started, restartCount }) => !started && restartCount === 0),
  ].map(({ name }) => name)
  const hasEnded = isOver || phase === 'Succeeded' || phase === 'Failed'
  const readiness = {
    isTrue: unready.length === 0 && phase === 'Running',
    ...unreadyReason(phase, unready, hasEnded),
  }
  return {
    phase,
    ...(failure && isOver ? failure : {}),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    podIP: podIp,
    podIPs: [{ ip: podIp }],
    startTime,
    qosClass: pod.status?.qosClass ?? qosClass(pod),
    conditions: [
      condition('PodReadyToStartContainers', { isTrue: !hasEnded }, options),
      condition('Initialized', { isTrue: incomplete.length === 0, ...incompleteReason(incomplete) }, options),
      condition('Ready', readiness, options),
      condition('ContainersReady', readiness, options),
      condition('PodScheduled', { isTrue: true }, options),
    ],
    ...(inits.length > 0 ? { initContainerStatuses: structuredClone(inits) } : {}),
    containerStatuses: structuredClone(mains),
  }
}

// The exit code of a sidecar does not affect the phase of the pod.
function finalPhase(
  phase: Phase,
  { isOver, containers, mains }: { isOver: boolean; containers: ContainerStatus[]; mains: ContainerStatus[] },
): Phase {
  if (!isOver || phase === 'Succeeded' || phase === 'Failed') return phase
  const hasSucceeded = containers.every(({ state }) => (state?.terminated?.exitCode ?? 0) === 0)
  return hasSucceeded && mains.every(({ state }) => state?.terminated) ? 'Succeeded' : 'Failed'
}

function sidecarsOf({ spec }: Pod): Set<string> {
  return new Set((spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name))
}

function isOneOf(names: Set<string>) {
  return ({ name }: ContainerStatus) => names.has(name)
}

function unreadyReason(phase: Phase, unready: string[], hasEnded: boolean) {
  if (phase === 'Succeeded') return { reason: 'PodCompleted' }
  if (hasEnded && unready.length > 0 && phase === 'Failed') return { reason: 'PodFailed' }
  if (unready.length === 0) return {}
  return { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` }
}

function incompleteReason(incomplete: string[]) {
  if (incomplete.length === 0) return {}
  return {
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incomplete.join(' ')}]`,
  }
}

type Holds = { isTrue: boolean; reason?: string; message?: string }

function condition(
  type: string,
  { isTrue, reason, message }: Holds,
  { pod, previous, now }: Options,
): Condition {
  const status = isTrue ? 'True' : 'False'
  const known = (previous ?? pod.status)?.conditions?.find(other => other.type === type)
  const isUnchanged = known?.status === status
  return {
    type,
    status,
    lastTransitionTime: (isUnchanged && known.lastTransitionTime) || now,
    ...(isTrue ? {} : { reason, message }),
  }
}

// Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
function qosClass({ spec }: Pod): string {
  const resources = [...spec.containers, ...(spec.initContainers ?? [])].map(
    container => container.resources ?? {},
  )
  const isEmpty = (map: Record<string, string> = {}) => map.cpu === undefined && map.memory === undefined
  if (resources.every(({ limits, requests }) => isEmpty(limits) && isEmpty(requests))) return 'BestEffort'
  const isGuaranteed = resources.every(({ limits = {}, requests = {} }) =>
    ['cpu', 'memory'].every(
      name => limits[name] !== undefined && (requests[name] ?? limits[name]) === limits[name],
    ),
  )
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}
