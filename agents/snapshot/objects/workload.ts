import type { KubernetesObject } from '../snapshot.ts'
import { booleanAt, listAt, numberAt, recordAt, stringAt, stringMapAt } from './json-path.ts'
import { serviceLabelOf } from './pod.ts'

export type Condition = { type: string; status: string; reason: string; message: string; at: string | null }

export type Workload = {
  evidence: string
  kind: string
  name: string
  namespace: string | null
  service: string
  labels: Record<string, string>
  annotations: Record<string, string>
  /** Desired replicas; null: not read. */
  desired: number | null
  ready: number
  available: number
  updated: number
  total: number
  isPaused: boolean
  conditions: Condition[]
  template: Record<string, unknown>
  selector: Record<string, string>
  createdAt: string | null
  object: KubernetesObject
}

/** One state of a Deployment's pod template, which a ReplicaSet keeps. */
export type Revision = {
  evidence: string
  replicaSet: string
  workload: string
  number: number
  hash: string | null
  createdAt: string | null
  desired: number
  ready: number
  template: Record<string, unknown>
}

/** A Deployment, StatefulSet or DaemonSet in the form that the analysers use. */
export function workloadOf(evidence: string, object: KubernetesObject): Workload {
  const labels = stringMapAt(object, 'metadata.labels')
  const podLabels = stringMapAt(object, 'spec.template.metadata.labels')
  const isDaemon = object.kind === 'DaemonSet'
  return {
    evidence,
    kind: object.kind,
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? null,
    service: serviceLabelOf(podLabels) ?? serviceLabelOf(labels) ?? object.metadata.name,
    labels,
    annotations: stringMapAt(object, 'metadata.annotations'),
    desired: isDaemon ? numberAt(object, 'status.desiredNumberScheduled') : numberAt(object, 'spec.replicas'),
    ready: numberAt(object, isDaemon ? 'status.numberReady' : 'status.readyReplicas') ?? 0,
    available: numberAt(object, isDaemon ? 'status.numberAvailable' : 'status.availableReplicas') ?? 0,
    updated: numberAt(object, isDaemon ? 'status.updatedNumberScheduled' : 'status.updatedReplicas') ?? 0,
    total: numberAt(object, isDaemon ? 'status.currentNumberScheduled' : 'status.replicas') ?? 0,
    isPaused: booleanAt(object, 'spec.paused') === true,
    conditions: listAt(object, 'status.conditions').map(conditionOf),
    template: recordAt(object, 'spec.template'),
    selector: stringMapAt(object, 'spec.selector.matchLabels'),
    createdAt: stringAt(object, 'metadata.creationTimestamp'),
    object,
  }
}

/** A ReplicaSet as a revision of its Deployment; null if it has no owner or no revision number. */
export function revisionOf(evidence: string, object: KubernetesObject): Revision | null {
  const owner = listAt(object, 'metadata.ownerReferences').find(
    reference => stringAt(reference, 'kind') === 'Deployment',
  )
  const workload = stringAt(owner, 'name')
  const number = Number(stringMapAt(object, 'metadata.annotations')['deployment.kubernetes.io/revision'])
  if (workload === null || !Number.isInteger(number)) return null
  return {
    evidence,
    replicaSet: object.metadata.name,
    workload,
    number,
    hash: stringMapAt(object, 'metadata.labels')['pod-template-hash'] ?? null,
    createdAt: stringAt(object, 'metadata.creationTimestamp'),
    desired: numberAt(object, 'spec.replicas') ?? 0,
    ready: numberAt(object, 'status.readyReplicas') ?? 0,
    template: recordAt(object, 'spec.template'),
  }
}

function conditionOf(condition: unknown): Condition {
  return {
    type: stringAt(condition, 'type') ?? '',
    status: stringAt(condition, 'status') ?? '',
    reason: stringAt(condition, 'reason') ?? '',
    message: stringAt(condition, 'message') ?? '',
    at: stringAt(condition, 'lastTransitionTime') ?? stringAt(condition, 'lastUpdateTime'),
  }
}
