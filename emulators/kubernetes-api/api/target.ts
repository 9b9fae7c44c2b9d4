import type { ResourceKind } from '../meta/resource-kind.ts'

/** The target of an API path: a collection, an object, or a subresource. */
export type Target = {
  kind: ResourceKind
  namespace?: string
  name?: string
  subresource?: string
}
