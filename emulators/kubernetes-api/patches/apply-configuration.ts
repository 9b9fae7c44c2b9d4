import { isDeepStrictEqual } from 'node:util'
import type { KubeObject, ManagedFields } from '../meta/kube-object.ts'
import type { ResourceKind } from '../meta/resource-kind.ts'
import { toTime } from '../registry/clock.ts'
import { clone } from '../registry/clone.ts'
import { applyConflict, type Conflict } from './apply-conflict.ts'
import { fromFieldSet, type Path, pathsOf, removeAt, toFieldSet, valueAt } from './field-set.ts'
import { ownedByClientSideApply, renewLastApplied } from './last-applied.ts'
import { mergeApplied } from './merge-applied.ts'
import { ownedContent } from './owned-content.ts'

type Apply = {
  kind: ResourceKind
  live: KubeObject | undefined
  config: KubeObject
  manager: string
  isForced: boolean
  now: Date
  subresource?: string
}

/**
 * Performs a server-side apply: sets the fields of the manager's configuration, and removes those that it applied
 * before and no longer contains, unless another manager owns them. Throws StatusError 409 if another manager owns a
 * field with another value. Source: Kubernetes, "Server-Side Apply".
 */
export function applyConfiguration(apply: Apply): KubeObject {
  const { kind, live, config, manager, isForced } = apply
  const type = { is: 'model', model: kind.model } as const
  const stated = pathsOf(type, ownedContent(config))
  const recorded = live?.metadata.managedFields ?? []
  const ownEntry = recorded.find(
    candidate =>
      candidate.manager === manager &&
      candidate.operation === 'Apply' &&
      candidate.subresource === apply.subresource,
  )
  const others = recorded.filter(candidate => candidate !== ownEntry)
  const conflicts = live ? conflictsOf(stated, others, live, config) : []
  const allowed = new Set(ownedByClientSideApply(type, live, manager).map(keyOf))
  const forbidden = conflicts.filter(({ path }) => !allowed.has(keyOf(path)))
  if (forbidden.length > 0 && !isForced) throw applyConflict(forbidden)
  const owned = new Set(conflicts.map(({ path }) => keyOf(path)))
  const kept = others
    .map(other => dropPaths(other, owned))
    .filter(candidate => Object.keys(candidate.fieldsV1).length > 0)
  const result = live ? clone(live) : emptyOf(config)
  for (const path of abandonedPaths(ownEntry, stated, kept)) removeAt(result, path)
  const merged = mergeApplied(type, result, ownedContent(config)) as KubeObject
  const entry: ManagedFields = { ...entryOf(apply), fieldsV1: toFieldSet(stated) }
  const isSame = ownEntry !== undefined && isDeepStrictEqual(ownEntry.fieldsV1, entry.fieldsV1)
  merged.metadata = {
    ...merged.metadata,
    ...identityOf(config),
    managedFields: [...kept, isSame ? ownEntry : entry],
  }
  renewLastApplied(merged, config, manager)
  return merged
}

function conflictsOf(
  stated: Path[],
  others: ManagedFields[],
  live: KubeObject,
  config: KubeObject,
): Conflict[] {
  return others.flatMap(other => {
    const theirs = new Set(fromFieldSet(other.fieldsV1).map(keyOf))
    return (
      stated
        .filter(path => path.at(-1) !== '.' && theirs.has(keyOf(path)))
        // An empty map is owned but not stored, so even an equal one conflicts.
        .filter(path => !isDeepStrictEqual(valueAt(live, path), valueAt(config, path)))
        .map(path => ({ path, owner: other }))
    )
  })
}

function abandonedPaths(
  ownEntry: ManagedFields | undefined,
  stated: Path[],
  others: ManagedFields[],
): Path[] {
  if (!ownEntry) return []
  const held = [stated, ...others.map(other => fromFieldSet(other.fieldsV1))].flat()
  const heldKeys = new Set(held.map(keyOf))
  const isHeldBelow = (path: Path) =>
    path.at(-1) === '.' && held.some(heldPath => keyOf(heldPath).startsWith(keyOf(path.slice(0, -1))))
  return fromFieldSet(ownEntry.fieldsV1)
    .filter(path => !heldKeys.has(keyOf(path)) && !isHeldBelow(path))
    .toSorted((a, b) => b.length - a.length)
}

function dropPaths(entry: ManagedFields, gone: Set<string>): ManagedFields {
  if (gone.size === 0) return entry
  return {
    ...entry,
    fieldsV1: toFieldSet(fromFieldSet(entry.fieldsV1).filter(path => !gone.has(keyOf(path)))),
  }
}

function entryOf({ manager, kind, now, subresource }: Apply): Omit<ManagedFields, 'fieldsV1'> {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
  return {
    manager,
    operation: 'Apply',
    apiVersion,
    time: toTime(now),
    fieldsType: 'FieldsV1',
    ...(subresource ? { subresource } : {}),
  }
}

function identityOf({ metadata }: KubeObject): Partial<KubeObject['metadata']> {
  const { name, namespace, resourceVersion, uid } = metadata
  return {
    name,
    ...(namespace ? { namespace } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(uid ? { uid } : {}),
  }
}

function emptyOf({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: { ...identityOf({ apiVersion, kind, metadata }) } as KubeObject['metadata'],
  }
}

function keyOf(path: Path): string {
  return path.join('\n')
}
