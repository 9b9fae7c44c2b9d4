import type { KubernetesClient } from './kubernetes-client.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

export const REVISION = 'deployment.kubernetes.io/revision'

/** The replica sets that a deployment owns, newest revision first. */
export async function replicaSetsOf(
  kubernetes: KubernetesClient,
  deployment: KubernetesObject,
  signal: AbortSignal,
): Promise<{ revision: number; replicaSet: KubernetesObject }[]> {
  const { objects } = await kubernetes.list('ReplicaSet', deployment.metadata.namespace ?? null, signal)
  return objects
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some(
        owner => owner.controller === true && owner.uid === deployment.metadata.uid,
      ),
    )
    .map(replicaSet => ({ revision: revisionOf(replicaSet), replicaSet }))
    .toSorted((a, b) => b.revision - a.revision)
}

/** The rollout revision that an object carries; 0 if none. */
export function revisionOf({ metadata }: KubernetesObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0)
}
