import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { claim, controllerReference } from '../../controllers/owners.ts'
import type { PodTemplate } from '../../core/pods/pod-spec.ts'
import type { KubeObject, LabelSelector } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import type { Cluster } from '../../registry/cluster.ts'
import { type ControllerRevision, controllerRevisions } from './kind.ts'

/** On pods and revisions: which revision of their set they are of. */
export const REVISION_LABEL = 'controller-revision-hash'

type RevisedSet = KubeObject & {
  spec: { selector: LabelSelector; template: PodTemplate; revisionHistoryLimit?: number }
}

/**
 * The revision that holds the present template of a stateful or daemon set: brought to the front, or made. Orphans of an
 * earlier set of the name are adopted; what is beyond the history limit and has no pods goes.
 */
export function presentRevision(
  cluster: Cluster,
  kind: ResourceKind,
  set: RevisedSet,
  isInUse: (revision: ControllerRevision) => boolean,
): ControllerRevision {
  const data = { spec: { template: { ...set.spec.template, $patch: 'replace' } } }
  const mine = claim(cluster, controllerRevisions, { kind, object: set, selector: set.spec.selector })
  const highest = Math.max(0, ...mine.map(one => one.revision))
  const same = mine.find(one => isDeepStrictEqual(one.data, data))
  const present = same
    ? toFront(cluster, same, highest)
    : createRevision(cluster, kind, set, { data, revision: highest + 1 })
  const old = mine
    .filter(one => one !== same && !isInUse(one))
    .toSorted((a, b) => b.revision - a.revision)
    .slice(set.spec.revisionHistoryLimit ?? 10)
  for (const { metadata } of old) cluster.remove(controllerRevisions, metadata.namespace, metadata.name)
  return present
}

function toFront(cluster: Cluster, revision: ControllerRevision, highest: number): ControllerRevision {
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
  const hash = freeHash(cluster, set, JSON.stringify(content.data))
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

// Another set's revision may have the name already.
function freeHash(cluster: Cluster, { metadata }: RevisedSet, text: string): string {
  for (let collisions = 0; ; collisions++) {
    const hash = createHash('sha1')
      .update(`${collisions || ''}${text}`)
      .digest('hex')
      .slice(0, 10)
    if (!cluster.find(controllerRevisions, metadata.namespace, `${metadata.name}-${hash}`)) return hash
  }
}
