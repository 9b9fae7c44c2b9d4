import type { Context } from '../../controllers/controller.ts'
import type { ReplicaSet } from '../replica-sets/kind.ts'
import type { Deployment } from './kind.ts'
import { newReplicaSet, surgeOf, unavailableOf } from './new-replica-set.ts'
import { scaleReplicaSet } from './scale-replica-set.ts'

/**
 * One step of a rolling update: the new replica set grows while the total stays within maxSurge, old ones shrink while
 * enough pods are available, unhealthy ones first. Source: k8s.io/kubernetes pkg/controller/deployment/rolling.go.
 */
export function rollOut(context: Context, deployment: Deployment, sets: ReplicaSet[]): void {
  const fresh = newReplicaSet(context, deployment, sets)
  const old = sets.filter(set => set.metadata.uid !== fresh.metadata.uid)
  const grown = grow(context, deployment, fresh, old)
  if (grown.spec.replicas === fresh.spec.replicas) shrink(context, deployment, grown, old)
}

function grow(context: Context, deployment: Deployment, fresh: ReplicaSet, old: ReplicaSet[]): ReplicaSet {
  const { replicas } = deployment.spec
  if (fresh.spec.replicas === replicas) return scaleReplicaSet(context, deployment, fresh, replicas)
  if (fresh.spec.replicas > replicas) return scaleReplicaSet(context, deployment, fresh, replicas)
  const total = podsOf([fresh, ...old])
  const room = replicas + surgeOf(deployment) - total
  if (room <= 0) return fresh
  return scaleReplicaSet(context, deployment, fresh, Math.min(replicas, fresh.spec.replicas + room))
}

function shrink(context: Context, deployment: Deployment, fresh: ReplicaSet, old: ReplicaSet[]) {
  if (podsOf(old) === 0) return
  const minAvailable = deployment.spec.replicas - unavailableOf(deployment)
  const freshUnavailable = fresh.spec.replicas - (fresh.status.availableReplicas ?? 0)
  let spare = podsOf([fresh, ...old]) - minAvailable - freshUnavailable
  if (spare <= 0) return
  const cleaned = old.map(set => {
    const unhealthy = set.spec.replicas - (set.status.availableReplicas ?? 0)
    const drop = Math.min(spare, unhealthy)
    if (drop <= 0) return set
    spare -= drop
    return scaleReplicaSet(context, deployment, set, set.spec.replicas - drop)
  })
  let surplus =
    [fresh, ...cleaned].reduce((sum, set) => sum + (set.status.availableReplicas ?? 0), 0) - minAvailable
  for (const set of cleaned.toSorted((a, b) =>
    a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp),
  )) {
    const drop = Math.min(surplus, set.spec.replicas)
    if (drop <= 0) continue
    surplus -= drop
    scaleReplicaSet(context, deployment, set, set.spec.replicas - drop)
  }
}

function podsOf(sets: ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + set.spec.replicas, 0)
}
