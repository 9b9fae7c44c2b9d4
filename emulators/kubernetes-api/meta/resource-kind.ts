import type { KubeObject } from './kube-object.ts'

/** A fault of one field, in the words of the API server. */
export type Fault = {
  field: string
  reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueNotFound'
  message: string
}

/** A column of `kubectl get`; priority 1 shows with `-o wide` only. */
export type Column<T extends KubeObject = KubeObject> = {
  name: string
  type?: 'string' | 'integer'
  format?: string
  priority?: number
  description?: string
  read(object: T, now: Date): string | number
}

/** Everything the server has to know of a kind. To add one, copy a neighbour and list it in kinds.ts. */
export type ResourceKind<T extends KubeObject = KubeObject> = {
  group: string
  version: string
  kind: string
  plural: string
  singular: string
  shortNames?: string[]
  categories?: string[]
  isNamespaced: boolean
  /** `status` makes the status writable only there; `scale` works on spec.replicas. */
  subresources?: ('status' | 'scale')[]
  /** Whether changes of the desired state count in metadata.generation. */
  hasGeneration?: boolean
  /** Objects whose creator also writes the first status, as a kubelet does for its node. */
  keepsStatusOnCreate?: boolean
  /** What happens with dependents if a delete does not say. Background unless told. */
  defaultPropagation?: 'Background' | 'Orphan'
  /** Model in the client library that lists the known fields. */
  model: string
  columns?: Column<T>[]
  /** Values for field selectors beside metadata.name and metadata.namespace. */
  fields?(object: T): Record<string, string>
  /** Fills in what clients rely on; works on a copy. `previous` is missing on create. */
  setDefaults?(object: T, previous: T | undefined): void
  validate?(object: T, previous: T | undefined): Fault[]
  /** A name check stricter or looser than a DNS subdomain. */
  nameRule?: 'label' | 'subdomain' | 'path'
}

/** `v1` or `apps/v1`. */
export function apiVersionOf(kind: Pick<ResourceKind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
}

/** `deployments.apps`: how messages and quotas name a resource. */
export function resourceNameOf(kind: Pick<ResourceKind, 'group' | 'plural'>): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
}
