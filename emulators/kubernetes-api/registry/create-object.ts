import { randomInt, randomUUID } from 'node:crypto'
import { namespaces } from '../core/namespaces/kind.ts'
import { required } from '../meta/field-error.ts'
import type { KubeObject, NewObject } from '../meta/kube-object.ts'
import { apiVersionOf, type FieldError, type ResourceKind } from '../meta/resource-kind.ts'
import { validateAnnotations, validateLabels, validateName } from '../meta/validate-names.ts'
import { trackUpdate } from '../patches/track-update.ts'
import { toTime } from './clock.ts'
import { clone, cloneForStore } from './clone.ts'
import type { Dependencies, WriteOptions } from './dependencies.ts'
import { dropEmptyMaps } from './drop-empty-maps.ts'
import { alreadyExists, forbiddenError, invalidObject, notFoundError } from './status-error.ts'

/** Creates an object and returns it as stored, or as it would be on a dry run. Throws StatusError 404, 409 or 422. */
export function createObject(
  deps: Dependencies,
  kind: ResourceKind,
  input: NewObject,
  { isDryRun = false, manager }: WriteOptions,
): KubeObject {
  const { store, now } = deps
  const object = dropEmptyMaps({ is: 'model', model: kind.model }, prepared(kind, input, toTime(now())))
  const { name, namespace } = object.metadata
  if (kind.isNamespaced) checkNamespace(deps, kind, object)
  if (name && store.get(kind, namespace, name)) throw alreadyExists(kind, name)
  kind.setDefaults?.(object, undefined)
  if (kind.subresources?.includes('status')) object.status ??= {}
  for (const admit of deps.mutatingAdmission) admit({ kind, object, previous: undefined, store, isDryRun })
  const errors = [...validateMetadata(kind, object), ...(kind.validate?.(object, undefined) ?? [])]
  if (errors.length > 0) throw invalidObject(kind, name ?? '', errors)
  for (const admit of deps.validatingAdmission) admit({ kind, object, previous: undefined, store, isDryRun })
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

// Kubernetes omits vowels and look-alikes, so that no words result. Source: k8s.io/apimachinery util/rand.
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** Returns five random characters that are safe in names. */
export function randomSuffix(): string {
  return Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

function checkNamespace({ store }: Dependencies, kind: ResourceKind, { metadata }: KubeObject) {
  const namespace = store.get(namespaces, undefined, metadata.namespace ?? '')
  if (!namespace) throw notFoundError(namespaces, metadata.namespace ?? '')
  if (namespace.status.phase === 'Terminating')
    throw forbiddenError(
      kind,
      metadata.name,
      `unable to create new content in namespace ${metadata.namespace} because it is being terminated`,
    )
}

/** Validates the metadata that every kind has. */
export function validateMetadata(kind: ResourceKind, { metadata }: KubeObject): FieldError[] {
  const name = metadata.name
    ? validateName('metadata.name', metadata.name, kind.nameRule)
    : [required('metadata.name', 'name or generateName is required')]
  return [
    ...name,
    ...validateLabels('metadata.labels', metadata.labels),
    ...validateAnnotations('metadata.annotations', metadata.annotations),
  ]
}
