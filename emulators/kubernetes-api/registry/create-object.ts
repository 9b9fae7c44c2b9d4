import { randomInt, randomUUID } from 'node:crypto'
import { namespaces } from '../core/namespaces/kind.ts'
import { required } from '../meta/field-error.ts'
import type { KubeObject, NewObject } from '../meta/kube-object.ts'
import { apiVersionOf, type Fault, type ResourceKind } from '../meta/resource-kind.ts'
import { annotationFaults, labelFaults, nameFaults } from '../meta/validate-names.ts'
import { trackUpdate } from '../patches/track-update.ts'
import { toTime } from './clock.ts'
import { clone, cloneForStore } from './clone.ts'
import type { Deps, WriteOptions } from './cluster.ts'
import { alreadyExists, forbiddenError, invalidObject, notFoundError } from './status-error.ts'

/** Creates an object and returns what was stored, or would be on a dry run. Throws StatusError 404, 409 or 422. */
export function createObject(
  deps: Deps,
  kind: ResourceKind,
  input: NewObject,
  { isDryRun = false, manager }: WriteOptions,
): KubeObject {
  const { store, now } = deps
  const object = prepared(kind, input, toTime(now()))
  const { name, namespace } = object.metadata
  if (kind.isNamespaced) checkNamespace(deps, kind, object)
  if (name && store.get(kind, namespace, name)) throw alreadyExists(kind, name)
  kind.setDefaults?.(object, undefined)
  if (kind.subresources?.includes('status')) object.status ??= {}
  for (const admit of deps.admission) admit({ kind, object, previous: undefined, store, isDryRun })
  const faults = [...metadataFaults(kind, object), ...(kind.validate?.(object, undefined) ?? [])]
  if (faults.length > 0) throw invalidObject(kind, name ?? '', faults)
  for (const admit of deps.lastAdmission) admit({ kind, object, previous: undefined, store, isDryRun })
  if (manager)
    object.metadata.managedFields = trackUpdate({ kind, previous: undefined, object, manager, now: now() })
  const result = cloneForStore(object)
  return isDryRun ? result : store.put(kind, result)
}

function prepared(kind: ResourceKind, input: NewObject, time: string): KubeObject {
  const { metadata, status, ...content } = clone(input)
  const { generateName } = metadata
  const name = metadata.name || (generateName ? `${generateName.slice(0, 58)}${randomSuffix()}` : '')
  const isStatusKept =
    status !== undefined && (kind.keepsStatusOnCreate || !kind.subresources?.includes('status'))
  return {
    ...content,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      ...metadata,
      name,
      uid: randomUUID(),
      resourceVersion: '',
      creationTimestamp: time,
      deletionTimestamp: undefined,
      deletionGracePeriodSeconds: undefined,
      generation: kind.hasGeneration ? 1 : undefined,
    },
    ...(isStatusKept ? { status } : {}),
  }
}

// Kubernetes leaves out vowels and look-alikes, so that no words come out. Source: k8s.io/apimachinery util/rand.
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** Five random characters that are safe in names. */
export function randomSuffix(): string {
  return Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

function checkNamespace({ store }: Deps, kind: ResourceKind, { metadata }: KubeObject) {
  const namespace = store.get(namespaces, undefined, metadata.namespace ?? '')
  if (!namespace) throw notFoundError(namespaces, metadata.namespace ?? '')
  if (namespace.status.phase === 'Terminating')
    throw forbiddenError(
      kind,
      metadata.name,
      `unable to create new content in namespace ${metadata.namespace} because it is being terminated`,
    )
}

/** Faults of the metadata that every kind has. */
export function metadataFaults(kind: ResourceKind, { metadata }: KubeObject): Fault[] {
  const name = metadata.name
    ? nameFaults('metadata.name', metadata.name, kind.nameRule)
    : [required('metadata.name', 'name or generateName is required')]
  return [
    ...name,
    ...labelFaults('metadata.labels', metadata.labels),
    ...annotationFaults('metadata.annotations', metadata.annotations),
  ]
}
