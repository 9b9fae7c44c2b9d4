import type { KubeObject } from './kube-object.ts'

/** An error of one field, phrased as the API server does: field.Error of k8s.io/apimachinery. */
export type FieldError = {
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

/** A column of `kubectl get`; columns of priority 1 are shown only with `-o wide`. */
export type Column<T extends KubeObject = KubeObject> = {
  name: string
  type?: 'string' | 'integer'
  format?: string
  priority?: number
  description?: string
  read(object: T, now: Date): string | number
}

/** Everything that the server needs to know about a kind. To add one, copy a neighbour and list it in kinds.ts. */
export type ResourceKind<T extends KubeObject = KubeObject> = {
  group: string
  version: string
  kind: string
  plural: string
  singular: string
  shortNames?: string[]
  categories?: string[]
  isNamespaced: boolean
  /** With `status`, the status can be written only through it; `scale` sets spec.replicas. */
  subresources?: ('status' | 'scale')[]
  /** Whether changes of the desired state increment metadata.generation. */
  hasGeneration?: boolean
  /** Whether the creator also sets the initial status, as a kubelet does for its node. */
  keepsStatusOnCreate?: boolean
  /** The propagation policy of a delete that names none. Background by default. */
  defaultPropagation?: 'Background' | 'Orphan'
  /** The model of the client library that lists the known fields. */
  model: string
  columns?: Column<T>[]
  /** Values for field selectors besides metadata.name and metadata.namespace. */
  fields?(object: T): Record<string, string>
  /** Sets defaults in place, on a copy. `previous` is missing on create. */
  setDefaults?(object: T, previous: T | undefined): void
  validate?(object: T, previous: T | undefined): FieldError[]
  /** A name rule that is stricter or looser than a DNS subdomain. */
  nameRule?: 'label' | 'subdomain' | 'path'
}

/** Returns `v1` or `apps/v1`. */
export function apiVersionOf(kind: Pick<ResourceKind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
}

/** Returns `deployments.apps`: the name of a resource in messages and quotas. */
export function resourceNameOf(kind: Pick<ResourceKind, 'group' | 'plural'>): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
}
