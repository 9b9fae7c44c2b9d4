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
import { pods } from '../../core/pods/kind.ts'
import type { Pod } from '../../core/pods/pod.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { replicaSets } from '../replica-sets/kind.ts'
import { cleanUpHistory } from './clean-up-history.ts'
import { deployments } from './kind.ts'
import { findNewReplicaSet, newReplicaSet } from './new-replica-set.ts'
import { recreate } from './recreate.ts'
import { rollOut } from './roll-out.ts'
import { isScalingOnly, scaleProportionally } from './scale-proportionally.ts'
import { writeDeploymentStatus } from './status.ts'

/**
 * Manages the replica sets of a deployment, one for each revision, and moves pods from the old ones to the new one.
 */
export function runDeploymentController(context: Context): Running {
  const { cluster } = context
  const owner = deployments as ResourceKind
  const ownerOfPod = (pod: Pod) => {
    const reference = controllerOf(pod)
    const set =
      reference?.kind === 'ReplicaSet'
        ? cluster.find(replicaSets, pod.metadata.namespace, reference.name)
        : undefined
    return set ? ownerKeys(owner, set) : []
  }
  return runController({
    name: 'deployment',
    context,
    interests: [
      on(deployments, deployment => [keyOf(deployment)]),
      on(replicaSets, set => ownerKeys(owner, set)),
      // Recreate waits until the old pods no longer exist.
      on(pods, (pod, { type }) => (type === 'DELETED' ? ownerOfPod(pod) : [])),
    ],
    reconcile: (key, queue) => reconcile(context, key, queue),
  })
}

function reconcile(context: Context, key: string, queue: WorkQueue) {
  const { cluster } = context
  const { namespace, name } = parseKey(key)
  const deployment = cluster.find(deployments, namespace, name)
  if (!deployment) return
  const mine = () =>
    claim(cluster, replicaSets, {
      kind: deployments as ResourceKind,
      object: deployment,
      selector: deployment.spec.selector,
    })
  if (deployment.metadata.deletionTimestamp)
    return writeDeploymentStatus(context, deployment, mine(), queue, key)
  if (deployment.spec.paused || isScalingOnly(deployment, mine())) {
    scaleProportionally(context, deployment, mine())
    if (findNewReplicaSet(deployment, mine())) newReplicaSet(context, deployment, mine())
  } else if (deployment.spec.strategy.type === 'Recreate') recreate(context, deployment, mine())
  else rollOut(context, deployment, mine())
  const sets = mine()
  writeDeploymentStatus(context, deployment, sets, queue, key)
  if (!deployment.spec.paused) cleanUpHistory(context, deployment, sets)
}
