import type { KubeObject } from '../meta/kube-object.ts'
import type { ResourceKind } from '../meta/resource-kind.ts'
import type { FieldManager } from '../patches/track-update.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from './clock.ts'

/** Inspects an object before it is created or changed; may change it, or throw a StatusError. */
export type Admission = (request: AdmissionRequest) => void

export type AdmissionRequest = {
  kind: ResourceKind
  object: KubeObject
  previous: KubeObject | undefined
  store: Store
  isDryRun: boolean
}

/** Without a manager, field ownership does not change: controllers write this way. */
export type WriteOptions = { isDryRun?: boolean; subresource?: string; manager?: FieldManager }

/**
 * `mutatingAdmission` may set fields and runs before validation; `validatingAdmission` runs after it and may only
 * reject.
 */
export type Dependencies = {
  /** Every stored kind. */
  kinds: ResourceKind[]
  store: Store
  now: Clock
  mutatingAdmission: Admission[]
  validatingAdmission: Admission[]
}
