import type { Context } from '../../controllers/controller.ts'
import { type ReplicaSet, replicaSets } from '../replica-sets/kind.ts'
import type { Deployment } from './deployment.ts'
import { resolveMaxSurge } from './new-replica-set.ts'
import { DESIRED, MAX_REPLICAS } from './revision.ts'

/** Scales a replica set and records an event on the deployment. */
export function scaleReplicaSet(
  { cluster, recordEvent }: Context,
  deployment: Deployment,
  set: ReplicaSet,
  replicas: number,
): ReplicaSet {
  const before = cluster.get(replicaSets, set.metadata.namespace, set.metadata.name)
  const scaled = cluster.mutate(replicaSets, set, draft => {
    draft.spec.replicas = replicas
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      [DESIRED]: String(deployment.spec.replicas),
      [MAX_REPLICAS]: String(deployment.spec.replicas + resolveMaxSurge(deployment)),
    }
  })
  if (before.spec.replicas !== replicas) {
    const direction = replicas > before.spec.replicas ? 'up' : 'down'
    recordEvent(
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${direction} replica set ${set.metadata.name} from ${before.spec.replicas} to ${replicas}`,
    )
  }
  return scaled
}
