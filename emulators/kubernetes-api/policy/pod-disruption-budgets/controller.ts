import { deployments } from '../../apps/deployments/kind.ts'
import { replicaSets } from '../../apps/replica-sets/kind.ts'
import { statefulSets } from '../../apps/stateful-sets/kind.ts'
import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import { controllerOf } from '../../controllers/owners.ts'
import { pods } from '../../core/pods/kind.ts'
import type { Pod } from '../../core/pods/pod.ts'
import { isPodActive, isPodReady } from '../../core/pods/readiness.ts'
import { setCondition } from '../../meta/conditions.ts'
import { matchesSelector } from '../../meta/label-selector.ts'
import { resolveIntOrPercent } from '../../meta/resolve-int-or-percent.ts'
import { toTime } from '../../registry/clock.ts'
import { type PodDisruptionBudget, podDisruptionBudgets } from './kind.ts'

/** Tracks how many pods each disruption budget allows to evict. */
export function runDisruptionController(context: Context): Running {
  const { cluster } = context
  const budgetsOf = (pod: Pod) =>
    cluster
      .list(podDisruptionBudgets, pod.metadata.namespace)
      .filter(candidate => matchesSelector(candidate.spec.selector, pod.metadata.labels))
      .map(keyOf)
  return runController({
    name: 'disruption',
    context,
    interests: [on(podDisruptionBudgets, budget => [keyOf(budget)]), on(pods, budgetsOf)],
    reconcile(key) {
      const { namespace, name } = parseKey(key)
      const budget = cluster.find(podDisruptionBudgets, namespace, name)
      if (budget) writeStatus(context, budget)
    },
  })
}

function writeStatus(context: Context, budget: PodDisruptionBudget) {
  const { cluster } = context
  const { spec, metadata, status } = budget
  const matching = cluster
    .list(pods, metadata.namespace)
    .filter(pod => matchesSelector(spec.selector, pod.metadata.labels) && isPodActive(pod))
  const expectedPods = Math.max(
    expected(context, matching),
    spec.minAvailable === undefined ? 0 : matching.length,
  )
  const desiredHealthy =
    spec.minAvailable === undefined
      ? Math.max(0, expectedPods - resolveIntOrPercent(spec.maxUnavailable ?? 1, expectedPods, 'up'))
      : resolveIntOrPercent(spec.minAvailable, expectedPods, 'up')
  const currentHealthy = matching.filter(isPodReady).length
  const disruptionsAllowed = expectedPods === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
  const condition = {
    type: 'DisruptionAllowed',
    status: disruptionsAllowed > 0 ? ('True' as const) : ('False' as const),
    reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: metadata.generation,
  }
  const conditions = setCondition(status.conditions, condition, toTime(cluster.now()))
  cluster.mutate(
    podDisruptionBudgets,
    budget,
    draft => {
      draft.status = {
        expectedPods,
        desiredHealthy,
        currentHealthy,
        disruptionsAllowed,
        observedGeneration: metadata.generation,
        conditions,
      }
    },
    { subresource: 'status' },
  )
}

/** Returns the desired number of pods, from their controllers. */
function expected({ cluster }: Context, matching: Pod[]): number {
  const counts = new Map<string, number>()
  for (const pod of matching) {
    const owner = controllerOf(pod)
    const { namespace, uid } = pod.metadata
    if (owner?.kind === 'ReplicaSet') {
      const set = cluster.find(replicaSets, namespace, owner.name)
      const parent = set && controllerOf(set)
      const deployment = parent && cluster.find(deployments, namespace, parent.name)
      counts.set(parent?.uid ?? owner.uid, deployment?.spec.replicas ?? set?.spec.replicas ?? 0)
    } else if (owner?.kind === 'StatefulSet')
      counts.set(owner.uid, cluster.find(statefulSets, namespace, owner.name)?.spec.replicas ?? 0)
    else counts.set(uid, 1)
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}
