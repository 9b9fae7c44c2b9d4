import type { Context } from '../../controllers/controller.ts'
import type { ReplicaSet } from '../replica-sets/kind.ts'
import type { Deployment } from './deployment.ts'
import { newReplicaSet, resolveMaxSurge, resolveMaxUnavailable } from './new-replica-set.ts'
import { scaleReplicaSet } from './scale-replica-set.ts'

/**
 * Takes one step of a rolling update: the new replica set grows while the total stays within maxSurge, old ones shrink
 * while enough pods are available, unhealthy ones first. Source: k8s.io/kubernetes
 * pkg/controller/deployment/rolling.go.
 */
export function rollOut(context: Context, deployment: Deployment, sets: ReplicaSet[]): void {
  const newest = newReplicaSet(context, deployment, sets)
  const old = sets.filter(set => set.metadata.uid !== newest.metadata.uid)
  const grown = grow(context, deployment, newest, old)
  if (grown.spec.replicas === newest.spec.replicas) shrink(context, deployment, grown, old)
}

function grow(context: Context, deployment: Deployment, newest: ReplicaSet, old: ReplicaSet[]): ReplicaSet {
  const { replicas } = deployment.spec
  if (newest.spec.replicas === replicas) return scaleReplicaSet(context, deployment, newest, replicas)
  if (newest.spec.replicas > replicas) return scaleReplicaSet(context, deployment, newest, replicas)
  const total = podsOf([newest, ...old])
  const room = replicas + resolveMaxSurge(deployment) - total
  if (room <= 0) return newest
  return scaleReplicaSet(context, deployment, newest, Math.min(replicas, newest.spec.replicas + room))
}

function shrink(context: Context, deployment: Deployment, newest: ReplicaSet, old: ReplicaSet[]) {
  if (podsOf(old) === 0) return
  const minAvailable = deployment.spec.replicas - resolveMaxUnavailable(deployment)
  const freshUnavailable = newest.spec.replicas - (newest.status.availableReplicas ?? 0)
  let spare = podsOf([newest, ...old]) - minAvailable - freshUnavailable
  if (spare <= 0) return
  const cleaned = old.map(set => {
    const unhealthy = set.spec.replicas - (set.status.availableReplicas ?? 0)
    const drop = Math.min(spare, unhealthy)
    if (drop <= 0) return set
    spare -= drop
    return scaleReplicaSet(context, deployment, set, set.spec.replicas - drop)
  })
  let surplus =
    [newest, ...cleaned].reduce((sum, set) => sum + (set.status.availableReplicas ?? 0), 0) - minAvailable
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
