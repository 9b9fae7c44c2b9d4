import type { KubeObject } from './kube-object.ts'
import type { ResourceKind } from './resource-kind.ts'

/** A version of a kind that is not the storage version: its objects are converted on the way in and out. */
export type VersionConversion = {
  kind: ResourceKind
  storageKind: ResourceKind
  fromStorage(stored: KubeObject): KubeObject
  toStorage(object: KubeObject): KubeObject
}
