import type { Context } from '../../controllers/controller.ts'
import { type ReplicaSet, replicaSets } from '../replica-sets/kind.ts'
import type { Deployment } from './deployment.ts'
import { findNewReplicaSet } from './new-replica-set.ts'
import { revisionOf } from './revision.ts'
import { isComplete } from './status.ts'

/** Deletes the oldest replica sets without pods beyond revisionHistoryLimit, once the rollout is complete. */
export function cleanUpHistory({ cluster }: Context, deployment: Deployment, sets: ReplicaSet[]): void {
  if (!isComplete(deployment, sets)) return
  const newest = findNewReplicaSet(deployment, sets)
  const idle = sets.filter(
    set =>
      set !== newest &&
      set.spec.replicas === 0 &&
      (set.status.replicas ?? 0) === 0 &&
      !set.metadata.deletionTimestamp,
  )
  const surplus = sets.length - (newest ? 1 : 0) - deployment.spec.revisionHistoryLimit
  for (const set of idle.toSorted((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, surplus)))
    cluster.remove(replicaSets, set.metadata.namespace, set.metadata.name)
}
