import type { Context } from '../../controllers/controller.ts'
import { controllerOf } from '../../controllers/owners.ts'
import { pods } from '../../core/pods/kind.ts'
import type { ReplicaSet } from '../replica-sets/kind.ts'
import type { Deployment } from './deployment.ts'
import { findNewReplicaSet, newReplicaSet } from './new-replica-set.ts'
import { scaleReplicaSet } from './scale-replica-set.ts'

/** Scales the old replica sets to zero, waits until their pods no longer exist, then scales up the new one. */
export function recreate(context: Context, deployment: Deployment, sets: ReplicaSet[]): void {
  const found = findNewReplicaSet(deployment, sets)
  const old = sets.filter(set => set !== found)
  const running = old.filter(set => set.spec.replicas > 0)
  for (const set of running) scaleReplicaSet(context, deployment, set, 0)
  if (running.length > 0 || hasPods(context, deployment, old)) return
  const newest = newReplicaSet(context, deployment, sets)
  scaleReplicaSet(context, deployment, newest, deployment.spec.replicas)
}

function hasPods({ cluster }: Context, { metadata }: Deployment, sets: ReplicaSet[]): boolean {
  const uids = new Set(sets.map(set => set.metadata.uid))
  return cluster
    .list(pods, metadata.namespace)
    .some(
      pod =>
        uids.has(controllerOf(pod)?.uid ?? '') &&
        pod.status.phase !== 'Failed' &&
        pod.status.phase !== 'Succeeded',
    )
}
