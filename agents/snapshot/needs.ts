import type { Kind } from '@goalixa/tools/kubernetes/kinds'
import type { SignalName } from '../signals/signals.ts'
import type { QuestionKind } from './question-id.ts'

/** A question whose answer is neither a list of objects nor a signal. */
export type ReadKind = Exclude<QuestionKind, 'objects' | 'detail' | 'series' | 'model'>

/** What a part of the engine looks at. The planner asks for the union of all needs (agents/planner/engine-needs.ts) and for nothing else. */
export type Needs = {
  kinds: readonly Kind[]
  signals: readonly SignalName[]
  reads: readonly ReadKind[]
}

/** The workloads of a namespace. */
export const WORKLOADS = mergeNeeds({ kinds: ['Deployment', 'StatefulSet', 'DaemonSet'] })

/** Pods with the workloads that own them. */
export const PODS = mergeNeeds({ kinds: ['Pod'] }, WORKLOADS, { kinds: ['ReplicaSet'] })

/** The names of services. */
export const SERVICE_NAMES = mergeNeeds({ kinds: ['Service', 'EndpointSlice', 'Endpoints'] })

/** Log lines about connections that fail, and what they are about. */
export const CONNECTION_FAILURES = mergeNeeds(SERVICE_NAMES, { kinds: ['Ingress'], reads: ['logs'] })

/** Who calls whom. */
export const CALLS = mergeNeeds(WORKLOADS, {
  kinds: ['ConfigMap', 'Service', 'Ingress'],
  signals: ['dependency-up', 'upstream-rate'],
})

/** What was changed: rollouts, syncs with their commits, scaling. */
export const CHANGES = mergeNeeds(WORKLOADS, {
  kinds: ['ReplicaSet', 'HorizontalPodAutoscaler'],
  signals: ['replicas-desired'],
  reads: ['delivery-apps', 'delivery-history', 'compare', 'commits', 'events'],
})

/** What a snapshot is indexed by and derives from evidence. */
export const SNAPSHOT_NEEDS = mergeNeeds(PODS, SERVICE_NAMES, CALLS, CHANGES)

/** The union of needs, each once. */
export function mergeNeeds(...all: readonly Partial<Needs>[]): Needs {
  return {
    kinds: [...new Set(all.flatMap(({ kinds = [] }) => kinds))],
    signals: [...new Set(all.flatMap(({ signals = [] }) => signals))],
    reads: [...new Set(all.flatMap(({ reads = [] }) => reads))],
  }
}
