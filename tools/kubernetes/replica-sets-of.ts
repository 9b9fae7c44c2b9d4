import { z } from 'zod'
import type { KubernetesClient } from './kubernetes-client.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { formatLabelSelector } from './label-selector.ts'
import { reportIncomplete } from './report-incomplete.ts'

const Selecting = z.looseObject({ selector: z.unknown() })

export const REVISION = 'deployment.kubernetes.io/revision'
const EARLIER_REVISIONS = 'deployment.kubernetes.io/revision-history'

export type OwnedReplicaSet = {
  revision: number
  /** The revision numbers that it had before it was reused. */
  earlierRevisions: number[]
  replicaSet: KubernetesObject
}

/** The replica sets that a deployment owns, newest revision first. */
export async function replicaSetsOf(
  kubernetes: KubernetesClient,
  deployment: KubernetesObject,
  signal: AbortSignal,
): Promise<OwnedReplicaSet[]> {
  const labelSelector = formatLabelSelector(Selecting.safeParse(deployment.spec).data?.selector)
  const query = labelSelector === null ? {} : { labelSelector }
  const list = await kubernetes.list('ReplicaSet', deployment.metadata.namespace ?? null, signal, query)
  reportIncomplete('revisions', list)
  return list.objects
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some(
        owner => owner.controller === true && owner.uid === deployment.metadata.uid,
      ),
    )
    .map(replicaSet => ({
      revision: revisionOf(replicaSet),
      earlierRevisions: earlierRevisionsOf(replicaSet),
      replicaSet,
    }))
    .toSorted((a, b) => b.revision - a.revision)
}

/** The rollout revision that an object carries; 0 if none. */
export function revisionOf({ metadata }: KubernetesObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0)
}

function earlierRevisionsOf({ metadata }: KubernetesObject): number[] {
  const earlier = metadata.annotations?.[EARLIER_REVISIONS]
  return earlier ? earlier.split(',').map(Number) : []
}
