import type { KubeObject, LabelSelector, OwnerReference } from '../meta/kube-object.ts'
import { matchesSelector } from '../meta/label-selector.ts'
import { apiVersionOf, type ResourceKind } from '../meta/resource-kind.ts'
import type { Cluster } from '../registry/cluster.ts'

/** Returns the owner reference to the controller of an object. */
export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(reference => reference.controller)
}

/** Creates an owner reference that makes `owner` the controller of a dependent. */
export function controllerReference(kind: ResourceKind, { metadata }: KubeObject): OwnerReference {
  const { name, uid } = metadata
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  }
}

/** Returns the key of an object's owner of one kind, for an interest in its dependents. */
export function ownerKeys(kind: ResourceKind, object: KubeObject): string[] {
  const owner = controllerOf(object)
  return owner?.kind === kind.kind ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : []
}

/**
 * Returns the dependents of an owner: those that refer to it, and orphans that match its selector, which it adopts. A
 * dependent whose labels no longer match is released.
 */
export function claim<T extends KubeObject>(
  cluster: Cluster,
  kind: ResourceKind<T>,
  owner: { kind: ResourceKind; object: KubeObject; selector: LabelSelector },
): T[] {
  const { uid, namespace, deletionTimestamp } = owner.object.metadata
  const claimed: T[] = []
  for (const object of cluster.list(kind, namespace)) {
    const controller = controllerOf(object)
    const isMatch = matchesSelector(owner.selector, object.metadata.labels)
    if (controller?.uid === uid) {
      if (isMatch || deletionTimestamp) claimed.push(object)
      else release(cluster, kind, object, uid)
    } else if (!controller && isMatch && !deletionTimestamp && !object.metadata.deletionTimestamp) {
      claimed.push(adopt(cluster, kind, object, controllerReference(owner.kind, owner.object)))
    }
  }
  return claimed
}

function adopt<T extends KubeObject>(
  cluster: Cluster,
  kind: ResourceKind<T>,
  object: T,
  reference: OwnerReference,
): T {
  return cluster.mutate(kind, object, draft => {
    draft.metadata.ownerReferences = [...(draft.metadata.ownerReferences ?? []), reference]
  })
}

function release<T extends KubeObject>(cluster: Cluster, kind: ResourceKind<T>, object: T, uid: string) {
  cluster.mutate(kind, object, draft => {
    draft.metadata.ownerReferences = draft.metadata.ownerReferences?.filter(
      reference => reference.uid !== uid,
    )
  })
}
