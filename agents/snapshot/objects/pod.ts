import type { KubernetesObject } from '../snapshot.ts'
import { booleanAt, fieldAt, listAt, numberAt, recordAt, stringAt, stringMapAt } from './json-path.ts'

export type Ended = { exitCode: number | null; reason: string; message: string; at: string | null }

export type Container = {
  name: string
  /** Whether it runs to its end before the others start. */
  isInit: boolean
  /** null: not read. */
  isReady: boolean | null
  /** Whether its startup probe has succeeded; null: not read. */
  isStarted: boolean | null
  restarts: number
  image: string | null
  waiting: { reason: string; message: string } | null
  runningSince: string | null
  ended: Ended | null
  /** How the run before this one ended. */
  endedBefore: Ended | null
}

export type ObjectReference = { kind: string; name: string }

export type Pod = {
  evidence: string
  name: string
  namespace: string | null
  labels: Record<string, string>
  service: string | null
  /** The object that created it, of any kind; null for a bare pod. */
  owner: ObjectReference | null
  /** `pod-template-hash`, or null outside of Deployments. */
  revision: string | null
  phase: string | null
  isReady: boolean | null
  readyChangedAt: string | null
  isDeleting: boolean
  /** Whether nothing will run in it again. */
  isCompleted: boolean
  createdAt: string | null
  node: string | null
  containers: Container[]
  object: KubernetesObject
}

/** A pod in the form that the analysers use; what was not read is null. */
export function podOf(evidence: string, object: KubernetesObject): Pod {
  const labels = stringMapAt(object, 'metadata.labels')
  const conditions = listAt(object, 'status.conditions')
  const ready = conditions.find(condition => stringAt(condition, 'type') === 'Ready')
  const phase = stringAt(object, 'status.phase')
  return {
    evidence,
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? null,
    labels,
    service: serviceLabelOf(labels),
    owner: controllerOf(object),
    revision: labels['pod-template-hash'] ?? null,
    phase,
    isReady: ready === undefined ? null : stringAt(ready, 'status') === 'True',
    readyChangedAt: stringAt(ready, 'lastTransitionTime'),
    isDeleting: stringAt(object, 'metadata.deletionTimestamp') !== null,
    // A failed pod never runs again; its controller, if it has one, creates another one, and the failed one is kept for days.
    isCompleted: phase === 'Succeeded' || phase === 'Failed',
    createdAt: stringAt(object, 'metadata.creationTimestamp'),
    node: stringAt(object, 'spec.nodeName'),
    containers: [
      ...listAt(object, 'status.initContainerStatuses').map(status =>
        containerOf(status, !isSidecar(object, stringAt(status, 'name'))),
      ),
      // Ephemeral containers are left out: people debug with them, and how those end is no fault of the pod.
      ...listAt(object, 'status.containerStatuses').map(status => containerOf(status, false)),
    ],
    object,
  }
}

/** The service that an object belongs to, by the recommended label, else by the older ones. */
export function serviceLabelOf(labels: Record<string, string>): string | null {
  return labels['app.kubernetes.io/name'] ?? labels.app ?? labels['k8s-app'] ?? null
}

/** The object that controls another one, by its owner references; null if it has none. */
export function controllerOf(object: KubernetesObject): ObjectReference | null {
  const owner = listAt(object, 'metadata.ownerReferences').find(
    reference => booleanAt(reference, 'controller') !== false,
  )
  const kind = stringAt(owner, 'kind')
  const name = stringAt(owner, 'name')
  return kind !== null && name !== null ? { kind, name } : null
}

/** An init container that keeps running beside the others. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
function isSidecar(object: KubernetesObject, name: string | null): boolean {
  return listAt(object, 'spec.initContainers').some(
    container => stringAt(container, 'name') === name && stringAt(container, 'restartPolicy') === 'Always',
  )
}

function containerOf(status: unknown, isInit: boolean): Container {
  const waiting = fieldAt(status, 'state.waiting')
  return {
    name: stringAt(status, 'name') ?? '',
    isInit,
    isReady: booleanAt(status, 'ready'),
    isStarted: booleanAt(status, 'started'),
    restarts: numberAt(status, 'restartCount') ?? 0,
    image: stringAt(status, 'image'),
    waiting:
      typeof waiting === 'object' && waiting !== null
        ? { reason: stringAt(waiting, 'reason') ?? '', message: stringAt(waiting, 'message') ?? '' }
        : null,
    runningSince: stringAt(status, 'state.running.startedAt'),
    ended: endedOf(recordAt(status, 'state'), 'terminated'),
    endedBefore: endedOf(recordAt(status, 'lastState'), 'terminated'),
  }
}

function endedOf(state: Record<string, unknown>, key: string): Ended | null {
  const ended = state[key]
  if (typeof ended !== 'object' || ended === null) return null
  return {
    exitCode: numberAt(ended, 'exitCode'),
    reason: stringAt(ended, 'reason') ?? '',
    message: stringAt(ended, 'message') ?? '',
    at: stringAt(ended, 'finishedAt'),
  }
}
