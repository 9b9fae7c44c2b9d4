import { pluralize } from '@goalixa/chassis/pluralize'
import { numberAt, stringAt } from '../../snapshot/objects/json-path.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import type { PredicateOfKind } from './predicate.ts'

type RolloutPredicate = PredicateOfKind<'rollout-complete'>
type Comparison = Pick<
  RolloutPredicate,
  'condition' | 'message' | 'path' | 'op' | 'value' | 'valueAt' | 'defaultValue'
>

const STATUS = 'object.status'
const WANTED = 'object.spec.replicas'

/**
 * A rollout is complete, by the counters that `kubectl rollout status` uses, against the replica count at that moment, which
 * an autoscaler may have changed. `minReplicas`: the replica count has to be at least this. The API omits counters of zero.
 */
export function rolloutComplete(workload: Workload, minReplicas: number | null = null): RolloutPredicate[] {
  const { kind, name, namespace } = workload
  const comparisons: Comparison[] = [
    {
      condition: 'generation-observed',
      message: `the controller has observed the latest generation of ${kind} ${name}`,
      path: `${STATUS}.observedGeneration`,
      op: '>=',
      valueAt: 'object.metadata.generation',
      defaultValue: 0,
    },
    ...(minReplicas === null ? [] : [replicasWanted(name, minReplicas)]),
    ...comparisonsOf(workload),
  ]
  return comparisons.map(comparison => ({
    kind: 'rollout-complete',
    workload: { kind, namespace, name },
    tool: 'kubernetes_get_object',
    args: { namespace: namespace ?? '', kind, name },
    ...comparison,
  }))
}

function replicasWanted(name: string, minReplicas: number): Comparison {
  const message = `${name} is scaled to at least ${pluralize(minReplicas, 'replica')}`
  return { condition: 'replicas-wanted', message, path: WANTED, op: '>=', value: minReplicas }
}

function comparisonsOf(workload: Workload): Comparison[] {
  if (workload.kind === 'DaemonSet') return daemonSet(workload)
  return workload.kind === 'StatefulSet' ? statefulSet(workload) : deployment(workload)
}

function deployment({ name }: Workload): Comparison[] {
  return [
    podsUpdated(name, 'updatedReplicas', WANTED),
    atLeast('pods-available', `all pods of ${name} are available`, 'availableReplicas', WANTED),
    {
      condition: 'old-pods-gone',
      message: `no pod of an earlier revision of ${name} is left`,
      path: `${STATUS}.replicas`,
      op: '==',
      valueAt: `${STATUS}.updatedReplicas`,
      defaultValue: 0,
    },
  ]
}

function statefulSet({ name, object }: Workload): Comparison[] {
  const isPartitioned = (numberAt(object, 'spec.updateStrategy.rollingUpdate.partition') ?? 0) > 0
  return [
    atLeast('pods-ready', `all pods of ${name} are ready`, 'readyReplicas', WANTED),
    ...(isPartitioned || isOnDelete(object) ? [] : [podsUpdated(name, 'updatedReplicas', WANTED)]),
  ]
}

function daemonSet({ name, object }: Workload): Comparison[] {
  const wanted = `${STATUS}.desiredNumberScheduled`
  return [
    atLeast('pods-available', `${name} is available on every node`, 'numberAvailable', wanted),
    ...(isOnDelete(object) ? [] : [podsUpdated(name, 'updatedNumberScheduled', wanted)]),
  ]
}

/** With OnDelete, pods are replaced only when they are deleted, so that an update of all pods cannot be awaited. */
function isOnDelete(object: unknown): boolean {
  return stringAt(object, 'spec.updateStrategy.type') === 'OnDelete'
}

function podsUpdated(name: string, field: string, valueAt: string): Comparison {
  return atLeast('pods-updated', `all pods of ${name} run the current revision`, field, valueAt)
}

function atLeast(
  condition: RolloutPredicate['condition'],
  message: string,
  field: string,
  valueAt: string,
): Comparison {
  return { condition, message, path: `${STATUS}.${field}`, op: '>=', valueAt, defaultValue: 0 }
}
