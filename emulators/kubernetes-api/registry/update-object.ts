import { isDeepStrictEqual } from 'node:util'
import type { KubeObject, ObjectMeta } from '../meta/kube-object.ts'
import { apiVersionOf, type ResourceKind } from '../meta/resource-kind.ts'
import { trackUpdate } from '../patches/track-update.ts'
import { clone, cloneForStore } from './clone.ts'
import { validateMetadata } from './create-object.ts'
import type { Dependencies, WriteOptions } from './dependencies.ts'
import { dropEmptyMaps } from './drop-empty-maps.ts'
import { conflict, invalidObject, notFoundError } from './status-error.ts'

/**
 * Replaces an object, or only its status. A resourceVersion in the input must be the current one. A write without a
 * change is not stored. Removing the last finalizer of an object that is being deleted deletes it.
 */
export function updateObject(
  deps: Dependencies,
  kind: ResourceKind,
  input: KubeObject,
  options: WriteOptions,
): KubeObject {
  const { store } = deps
  const { isDryRun = false, subresource, manager } = options
  const { name, namespace } = input.metadata
  const previous = store.get(kind, namespace, name)
  if (!previous) throw notFoundError(kind, name)
  checkPreconditions(kind, input, previous)
  const written = subresource
    ? withSubresource(input, previous, subresource)
    : withContent(kind, input, previous)
  // Defaults are set in place, so nothing may be shared with the stored object.
  const object = dropEmptyMaps({ is: 'model', model: kind.model }, clone(written))
  kind.setDefaults?.(object, previous)
  if (!subresource)
    for (const admit of deps.mutatingAdmission) admit({ kind, object, previous, store, isDryRun })
  if (kind.hasGeneration && hasNewContent(object, previous))
    object.metadata.generation = (previous.metadata.generation ?? 0) + 1
  const errors = subresource
    ? []
    : [...validateMetadata(kind, object), ...(kind.validate?.(object, previous) ?? [])]
  if (errors.length > 0) throw invalidObject(kind, name, errors)
  if (manager && !subresource)
    object.metadata.managedFields = trackUpdate({ kind, previous, object, manager, now: deps.now() })
  const result = cloneForStore(object)
  if (isDeepStrictEqual(result, previous)) return previous
  if (isDryRun) return result
  return isDeletable(result) ? store.remove(kind, result) : store.put(kind, result)
}

function checkPreconditions(kind: ResourceKind, { metadata }: KubeObject, { metadata: present }: KubeObject) {
  if (metadata.uid && metadata.uid !== present.uid)
    throw conflict(
      kind,
      present.name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${present.uid}`,
    )
  if (metadata.resourceVersion && metadata.resourceVersion !== present.resourceVersion)
    throw conflict(
      kind,
      present.name,
      'the object has been modified; please apply your changes to the latest version and try again',
    )
}

function withContent(kind: ResourceKind, input: KubeObject, previous: KubeObject): KubeObject {
  const { status, ...content } = input
  const keptStatus = kind.subresources?.includes('status') ? previous.status : status
  return {
    ...content,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: serverManagedMetadata(input.metadata, previous.metadata),
    ...(keptStatus === undefined ? {} : { status: keptStatus }),
  }
}

function serverManagedMetadata(metadata: ObjectMeta, previous: ObjectMeta): ObjectMeta {
  const { uid, resourceVersion, creationTimestamp, generation, generateName } = previous
  const { deletionTimestamp, deletionGracePeriodSeconds } = previous
  return {
    ...metadata,
    uid,
    resourceVersion,
    creationTimestamp,
    generation,
    generateName,
    deletionTimestamp,
    deletionGracePeriodSeconds,
  }
}

// `spec` is only for in-process writers such as the binding, which sets spec.nodeName.
function withSubresource(input: KubeObject, previous: KubeObject, subresource: string): KubeObject {
  const part = subresource === 'status' ? 'status' : 'spec'
  const conditions = subresource === 'binding' ? { status: input.status } : {}
  // A status or spec that a patch sets to null becomes empty, never missing.
  return { ...clone(previous), [part]: input[part] ?? {}, ...conditions }
}

function hasNewContent(object: KubeObject, previous: KubeObject): boolean {
  const { metadata: _, status: __, ...content } = clone(object)
  const { metadata: ___, status: ____, ...before } = previous
  return !isDeepStrictEqual(content, before)
}

function isDeletable({ kind, metadata, spec }: KubeObject): boolean {
  if (!metadata.deletionTimestamp || (metadata.finalizers ?? []).length > 0) return false
  if (kind === 'Namespace') return ((spec as { finalizers?: string[] }).finalizers ?? []).length === 0
  return kind !== 'Pod' || metadata.deletionGracePeriodSeconds === 0
}
