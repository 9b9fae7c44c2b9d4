import type { Health } from '../applications/application.ts'
import { groupOf, type KubeObject, keyOf, type OwnerReference, versionOf } from '../cluster/kube-object.ts'
import { assessHealth } from '../health/assess-health.ts'

type ParentRef = { group: string; kind: string; namespace: string; name: string; uid: string }
export type TreeNode = ParentRef & {
  version: string
  resourceVersion: string
  createdAt?: string
  parentRefs?: ParentRef[]
  images?: string[]
  health?: Health
}

/** Builds Argo CD's resource tree: the objects that an application manages, and their dependents. */
export function buildTree(roots: KubeObject[], all: KubeObject[]): TreeNode[] {
  const children = Map.groupBy(
    all.flatMap(object =>
      (object.metadata.ownerReferences ?? []).map(owner => ({ owner: owner.uid, object })),
    ),
    ({ owner }) => owner,
  )
  const found = new Map<string, KubeObject>()
  const visit = (object: KubeObject): void => {
    const uid = object.metadata.uid ?? ''
    if (found.has(uid)) return
    found.set(uid, object)
    for (const child of children.get(uid) ?? []) visit(child.object)
  }
  for (const root of roots) visit(root)
  return [...found.values()].map(nodeOf)
}

/** Returns the images that an application runs, from its pods. */
export function imagesOf(tree: TreeNode[]): string[] {
  return [...new Set(tree.flatMap(({ images = [] }) => images))].toSorted()
}

function nodeOf(object: KubeObject): TreeNode {
  const { metadata, apiVersion } = object
  const owners = metadata.ownerReferences ?? []
  const health = assessHealth(object)
  return {
    ...keyOf(object),
    version: versionOf(apiVersion),
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    ...(metadata.creationTimestamp ? { createdAt: metadata.creationTimestamp } : {}),
    ...(owners.length > 0
      ? { parentRefs: owners.map(owner => parentOf(owner, metadata.namespace ?? '')) }
      : {}),
    ...(object.kind === 'Pod' ? { images: podImages(object) } : {}),
    ...(health ? { health } : {}),
  }
}

function parentOf({ apiVersion, kind, name, uid }: OwnerReference, namespace: string): ParentRef {
  return { group: groupOf(apiVersion), kind, namespace, name, uid }
}

type PodSpec = { containers?: { image?: string }[]; initContainers?: { image?: string }[] }

function podImages(pod: KubeObject): string[] {
  const { initContainers = [], containers = [] } = (pod.spec ?? {}) as PodSpec
  return [...new Set([...initContainers, ...containers].flatMap(({ image }) => image ?? []))]
}
