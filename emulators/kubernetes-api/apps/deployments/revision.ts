import type { ReplicaSet } from '../replica-sets/kind.ts'
import type { Deployment } from './deployment.ts'

export const REVISION = 'deployment.kubernetes.io/revision'
export const HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED = 'deployment.kubernetes.io/desired-replicas'
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas'

const NOT_COPIED = new Set([
  REVISION,
  HISTORY,
  DESIRED,
  MAX_REPLICAS,
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
])

/** Returns the revision number of a replica set; 0 if it has none. */
export function revisionOf({ metadata }: ReplicaSet): number {
  return Number(metadata.annotations?.[REVISION] ?? 0)
}

/**
 * Returns the annotations of the newest replica set: those of the deployment, its revision, and its earlier revisions.
 */
export function replicaSetAnnotations(
  deployment: Deployment,
  set: ReplicaSet | undefined,
  revision: string,
): Record<string, string> {
  const own = set?.metadata.annotations ?? {}
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key))
  const before = own[REVISION]
  const history =
    before && before !== revision ? [own[HISTORY], before].filter(Boolean).join(',') : own[HISTORY]
  return {
    ...own,
    ...Object.fromEntries(copied),
    [REVISION]: revision,
    ...(history ? { [HISTORY]: history } : {}),
  }
}
