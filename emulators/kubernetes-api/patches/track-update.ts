import { isDeepStrictEqual } from 'node:util'
import type { KubeObject, ManagedFields } from '../meta/kube-object.ts'
import { apiVersionOf, type ResourceKind } from '../meta/resource-kind.ts'
import { toTime } from '../registry/clock.ts'
import { fromFieldSet, type Path, pathsOf, toFieldSet, valueAt } from './field-set.ts'
import { ownedContent } from './owned-content.ts'

/** The writer and the subresource, if any. */
export type FieldManager = { name: string; subresource?: string }
type Update = {
  kind: ResourceKind
  previous: KubeObject | undefined
  object: KubeObject
  manager: FieldManager
  now: Date
}

/**
 * Returns the managers of an object after a create, update or patch other than apply: a client that changes a field
 * becomes its only owner. A client may send its own list; an empty entry clears it. Source: Kubernetes, "Server-Side
 * Apply".
 */
export function trackUpdate({ kind, previous, object, manager, now }: Update): ManagedFields[] | undefined {
  const before = contentOf(kind, previous)
  const after = contentOf(kind, object)
  const type = { is: 'model', model: kind.model } as const
  const isOther = (path: Path) => !isDeepStrictEqual(valueAt(before, path), valueAt(after, path))
  const written = pathsOf(type, after).filter(isOther)
  const gone = pathsOf(type, before).filter(path => valueAt(after, path) === undefined)
  const recorded = recordedOf(object, previous)
  if (written.length + gone.length === 0) return recorded
  const touched = new Set([...written, ...gone].map(keyOf))
  const isOwnEntry = (candidate: ManagedFields) =>
    candidate.operation === 'Update' &&
    candidate.manager === manager.name &&
    candidate.subresource === manager.subresource
  const others = recorded
    .filter(candidate => !isOwnEntry(candidate))
    .map(candidate => dropPaths(candidate, touched))
  const ownPaths = recorded.filter(isOwnEntry).flatMap(own => fromFieldSet(own.fieldsV1))
  const owned = [...ownPaths.filter(path => !touched.has(keyOf(path))), ...written]
  const entry: ManagedFields = {
    manager: manager.name,
    operation: 'Update',
    apiVersion: apiVersionOf(kind),
    time: toTime(now),
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldSet(owned),
    ...(manager.subresource ? { subresource: manager.subresource } : {}),
  }
  return [...others, entry].filter(candidate => Object.keys(candidate.fieldsV1).length > 0)
}

// Writers of the status are not recorded.
function contentOf(kind: ResourceKind, object: KubeObject | undefined): Record<string, unknown> {
  if (!object) return {}
  const { status, ...content } = ownedContent(object)
  return kind.subresources?.includes('status') ? content : { ...content, ...(status ? { status } : {}) }
}

function recordedOf({ metadata }: KubeObject, previous: KubeObject | undefined): ManagedFields[] {
  const sent = metadata.managedFields ?? []
  if (sent.length === 0) return previous?.metadata.managedFields ?? []
  return sent.filter(candidate => candidate.manager && candidate.fieldsV1)
}

function dropPaths(entry: ManagedFields, touched: Set<string>): ManagedFields {
  const paths = fromFieldSet(entry.fieldsV1)
  const kept = paths.filter(path => !touched.has(keyOf(path)))
  return kept.length === paths.length ? entry : { ...entry, fieldsV1: toFieldSet(kept) }
}

function keyOf(path: Path): string {
  return path.join('\n')
}
