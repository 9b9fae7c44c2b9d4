/** Metadata that every object has. Times are RFC 3339 strings in whole seconds, as on the wire. */
export type ObjectMeta = {
  name: string
  namespace?: string
  generateName?: string
  uid: string
  resourceVersion: string
  generation?: number
  creationTimestamp: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: OwnerReference[]
  managedFields?: ManagedFields[]
}

export type OwnerReference = {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

export type ManagedFields = {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  time: string
  fieldsType: 'FieldsV1'
  fieldsV1: FieldSet
  subresource?: string
}

/** A trie of owned fields: `f:name` for a field, `k:{…}` for a list item by key, `v:…` for a set member. */
export type FieldSet = { [path: string]: FieldSet }

/** Any object of the API. Stored objects are never changed in place: a write stores a new object. */
export type KubeObject = {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  [field: string]: unknown
}

/** An object to be created: fields that the server sets may be missing. */
export type NewObject<T extends KubeObject = KubeObject> = Partial<
  Omit<T, 'metadata' | 'spec' | 'status'>
> & {
  metadata: Partial<ObjectMeta>
  spec?: unknown
  status?: unknown
  [field: string]: unknown
}

export type Condition = {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason?: string
  message?: string
  lastTransitionTime?: string
  lastUpdateTime?: string
  lastProbeTime?: string | null
  lastHeartbeatTime?: string
  observedGeneration?: number
}

export type LabelSelector = {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

export type ObjectReference = {
  kind?: string
  namespace?: string
  name?: string
  uid?: string
  apiVersion?: string
  resourceVersion?: string
  fieldPath?: string
}
