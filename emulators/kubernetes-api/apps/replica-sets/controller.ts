import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import { claim, controllerOf, ownerKeys } from '../../controllers/owners.ts'
import type { WorkQueue } from '../../controllers/work-queue.ts'
import { createPod } from '../../core/pods/create-pod.ts'
import { pods } from '../../core/pods/kind.ts'
import type { Pod } from '../../core/pods/pod.ts'
import { isPodActive, isPodReady, msUntilAvailable } from '../../core/pods/readiness.ts'
import { conditionOf, setCondition } from '../../meta/conditions.ts'
import { matchesSelector } from '../../meta/label-selector.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { toTime } from '../../registry/clock.ts'
import { StatusError } from '../../registry/status-error.ts'
import { type ReplicaSet, replicaSets } from './kind.ts'

/** Keeps the desired number of pods of a replica set running. */
export function runReplicaSetController(context: Context): Running {
  const { cluster } = context
  const owner = replicaSets as ResourceKind
  const matching = (pod: Pod) =>
    cluster
      .list(replicaSets, pod.metadata.namespace)
      .filter(set => matchesSelector(set.spec.selector, pod.metadata.labels))
      .map(keyOf)
  return runController({
    name: 'replicaset',
    context,
    interests: [
      on(replicaSets, set => [keyOf(set)]),
      on(pods, (pod, { previous }) => [
        ...(controllerOf(pod) ? ownerKeys(owner, pod) : matching(pod)),
        ...(previous ? ownerKeys(owner, previous) : []),
      ]),
    ],
    reconcile: (key, queue) => reconcile(context, key, queue),
  })
}

function reconcile(context: Context, key: string, queue: WorkQueue) {
  const { cluster } = context
  const { namespace, name } = parseKey(key)
  const set = cluster.find(replicaSets, namespace, name)
  if (!set) return
  const owner = { kind: replicaSets as ResourceKind, object: set, selector: set.spec.selector }
  const active = claim(cluster, pods, owner).filter(isPodActive)
  const failure = set.metadata.deletionTimestamp ? undefined : manage(context, set, active)
  const now = claim(cluster, pods, owner).filter(isPodActive)
  writeStatus(context, set, now, failure, queue, key)
  if (failure) throw failure
}

function manage(context: Context, set: ReplicaSet, active: Pod[]): StatusError | undefined {
  const difference = set.spec.replicas - active.length
  try {
    for (let missing = difference; missing > 0; missing--) addPod(context, set)
    if (difference < 0)
      for (const pod of worstFirst(active).slice(0, -difference)) removePod(context, set, pod)
  } catch (error) {
    if (error instanceof StatusError) return error
    throw error
  }
  return undefined
}

function addPod({ cluster, recordEvent }: Context, set: ReplicaSet) {
  try {
    const pod = createPod(cluster, {
      owner: set,
      ownerKind: replicaSets as ResourceKind,
      template: set.spec.template,
    })
    recordEvent(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
  } catch (error) {
    if (error instanceof StatusError)
      recordEvent(set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`)
    throw error
  }
}

function removePod({ cluster, recordEvent }: Context, set: ReplicaSet, pod: Pod) {
  cluster.remove(pods, pod.metadata.namespace, pod.metadata.name)
  recordEvent(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
}

/**
 * Orders pods for deletion: unassigned, pending, unready, most restarts, youngest first. Source: controller.ActivePods.
 */
export function worstFirst(list: Pod[]): Pod[] {
  const rank = (pod: Pod) => [
    pod.spec.nodeName ? 1 : 0,
    ['Pending', 'Unknown', 'Running'].indexOf(pod.status.phase ?? 'Pending'),
    isPodReady(pod) ? 1 : 0,
    -restartsOf(pod),
    -Date.parse(pod.metadata.creationTimestamp),
  ]
  return list.toSorted((a, b) => {
    const [left, right] = [rank(a), rank(b)]
    const index = left.findIndex((value, at) => value !== right[at])
    return index < 0 ? 0 : (left[index] ?? 0) - (right[index] ?? 0)
  })
}

function restartsOf({ status }: Pod): number {
  return Math.max(0, ...(status.containerStatuses ?? []).map(container => container.restartCount))
}

function writeStatus(
  { cluster }: Context,
  set: ReplicaSet,
  active: Pod[],
  failure: StatusError | undefined,
  queue: WorkQueue,
  key: string,
) {
  const now = cluster.now()
  const waits = active.map(pod => msUntilAvailable(pod, set.spec.minReadySeconds ?? 0, now))
  const soonest = Math.min(...waits.filter(ms => ms !== undefined && ms > 0).map(Number))
  if (Number.isFinite(soonest)) queue.addAfter(key, soonest + 10)
  const labels = set.spec.template.metadata?.labels ?? {}
  const counts = {
    replicas: active.length,
    fullyLabeledReplicas: active.filter(pod => matchesSelector({ matchLabels: labels }, pod.metadata.labels))
      .length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: waits.filter(ms => ms === 0).length,
  }
  const present = cluster.find(replicaSets, set.metadata.namespace, set.metadata.name)
  if (!present) return
  cluster.mutate(
    replicaSets,
    present,
    draft => {
      const conditions = conditionsAfter(present, failure, toTime(now))
      draft.status = {
        ...counts,
        observedGeneration: set.metadata.generation,
        ...(conditions.length > 0 ? { conditions } : {}),
      }
    },
    { subresource: 'status' },
  )
}

function conditionsAfter({ status }: ReplicaSet, failure: StatusError | undefined, time: string) {
  // The message contains a random pod name: writing it on each attempt would requeue this controller indefinitely.
  if (failure && conditionOf(status.conditions, 'ReplicaFailure')?.status === 'True')
    return status.conditions ?? []
  if (failure)
    return setCondition(
      status.conditions,
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure.message },
      time,
    )
  const others = (status.conditions ?? []).filter(condition => condition.type !== 'ReplicaFailure')
  return conditionOf(status.conditions, 'ReplicaFailure') ? others : (status.conditions ?? [])
}
