import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { claim, controllerReference } from '../../controllers/owners.ts'
import type { PodTemplate } from '../../core/pods/pod-spec.ts'
import type { KubeObject, LabelSelector } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import type { Cluster } from '../../registry/cluster.ts'
import { type ControllerRevision, controllerRevisions } from './kind.ts'

/** The label of pods and revisions that names the revision of their set. */
export const REVISION_LABEL = 'controller-revision-hash'

type RevisedSet = KubeObject & {
  spec: { selector: LabelSelector; template: PodTemplate; revisionHistoryLimit?: number }
}

/**
 * Finds the revision that holds the current template of a stateful or daemon set: an existing one becomes the newest,
 * or a new one is created. Adopts orphans of an earlier set of that name; deletes unused revisions beyond the history
 * limit.
 */
export function currentRevision(
  cluster: Cluster,
  kind: ResourceKind,
  set: RevisedSet,
  isInUse: (revision: ControllerRevision) => boolean,
): ControllerRevision {
  const data = { spec: { template: { ...set.spec.template, $patch: 'replace' } } }
  const owned = claim(cluster, controllerRevisions, { kind, object: set, selector: set.spec.selector })
  const highest = Math.max(0, ...owned.map(candidate => candidate.revision))
  const same = owned.find(candidate => isDeepStrictEqual(candidate.data, data))
  const present = same
    ? makeNewest(cluster, same, highest)
    : createRevision(cluster, kind, set, { data, revision: highest + 1 })
  const old = owned
    .filter(candidate => candidate !== same && !isInUse(candidate))
    .toSorted((a, b) => b.revision - a.revision)
    .slice(set.spec.revisionHistoryLimit ?? 10)
  for (const { metadata } of old) cluster.remove(controllerRevisions, metadata.namespace, metadata.name)
  return present
}

function makeNewest(cluster: Cluster, revision: ControllerRevision, highest: number): ControllerRevision {
  if (revision.revision === highest) return revision
  return cluster.mutate(controllerRevisions, revision, draft => {
    draft.revision = highest + 1
  })
}

function createRevision(
  cluster: Cluster,
  kind: ResourceKind,
  set: RevisedSet,
  content: { data: unknown; revision: number },
): ControllerRevision {
  const { name, namespace } = set.metadata
  const hash = unusedHash(cluster, set, JSON.stringify(content.data))
  return cluster.create(controllerRevisions, {
    ...content,
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...set.spec.template.metadata?.labels, [REVISION_LABEL]: hash },
      ownerReferences: [controllerReference(kind, set)],
    },
  })
}

// The name may belong to a revision of another set.
function unusedHash(cluster: Cluster, { metadata }: RevisedSet, text: string): string {
  for (let collisions = 0; ; collisions++) {
    const hash = createHash('sha1')
      .update(`${collisions || ''}${text}`)
      .digest('hex')
      .slice(0, 10)
    if (!cluster.find(controllerRevisions, metadata.namespace, `${metadata.name}-${hash}`)) return hash
  }
}
