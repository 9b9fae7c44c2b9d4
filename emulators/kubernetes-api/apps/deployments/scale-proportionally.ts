import type { Context } from '../../controllers/controller.ts'
import type { ReplicaSet } from '../replica-sets/kind.ts'
import type { Deployment } from './deployment.ts'
import { resolveMaxSurge } from './new-replica-set.ts'
import { DESIRED } from './revision.ts'
import { scaleReplicaSet } from './scale-replica-set.ts'

/** Returns whether only the desired number of pods has changed since the replica sets were last scaled. */
export function isScalingOnly({ spec }: Deployment, sets: ReplicaSet[]): boolean {
  return sets.some(set => {
    const desired = set.metadata.annotations?.[DESIRED]
    return set.spec.replicas > 0 && desired !== undefined && Number(desired) !== spec.replicas
  })
}

/**
 * Distributes a change of the desired number over the replica sets that have pods, in proportion to their size: during
 * a rollout, both revisions grow or shrink. Source: k8s.io/kubernetes pkg/controller/deployment/sync.go, scale.
 */
export function scaleProportionally(context: Context, deployment: Deployment, sets: ReplicaSet[]): void {
  const active = sets.filter(set => set.spec.replicas > 0)
  const [only] = active.length > 0 ? active : newestOf(sets)
  if (!only) return
  if (active.length <= 1) {
    scaleReplicaSet(context, deployment, only, deployment.spec.replicas)
    return
  }
  const total = active.reduce((sum, set) => sum + set.spec.replicas, 0)
  const allowed = deployment.spec.replicas > 0 ? deployment.spec.replicas + resolveMaxSurge(deployment) : 0
  const sized = active.toSorted((a, b) => b.spec.replicas - a.spec.replicas)
  let left = allowed - total
  const shares = sized.map(set => {
    const share = clamp(Math.round((set.spec.replicas * allowed) / total) - set.spec.replicas, left)
    left -= share
    return share
  })
  sized.forEach((set, index) => {
    const rest = index === 0 ? left : 0
    scaleReplicaSet(context, deployment, set, Math.max(0, set.spec.replicas + (shares[index] ?? 0) + rest))
  })
}

function newestOf(sets: ReplicaSet[]): ReplicaSet[] {
  return sets
    .toSorted((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp))
    .slice(0, 1)
}

function clamp(share: number, left: number): number {
  return left >= 0 ? Math.min(Math.max(0, share), left) : Math.max(Math.min(0, share), left)
}
