export type OwnerReference = {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
}

/** Any Kubernetes object, as JSON. */
export type KubeObject = {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    uid?: string
    resourceVersion?: string
    generation?: number
    creationTimestamp?: string | null
    deletionTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    ownerReferences?: OwnerReference[]
    managedFields?: unknown
    finalizers?: string[]
    [field: string]: unknown
  }
  [field: string]: unknown
}

export type ResourceKey = { group: string; kind: string; namespace: string; name: string }

/** Returns the identity of an object, independent of its version. */
export function keyOf({ apiVersion, kind, metadata }: KubeObject): ResourceKey {
  return { group: groupOf(apiVersion), kind, namespace: metadata.namespace ?? '', name: metadata.name }
}

/** Formats a key as text, for maps; also the part of a tracking id after the application's name. */
export function keyText({ group, kind, namespace, name }: ResourceKey): string {
  return `${group}/${kind}:${namespace}/${name}`
}

/** Returns `apps` for `apps/v1`; the core group is empty. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
}

/** Returns `v1` for `apps/v1`. */
export function versionOf(apiVersion: string): string {
  return apiVersion.split('/').at(-1) ?? ''
}
