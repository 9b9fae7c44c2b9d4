import { isRecord } from '@goalixa/chassis/is-record'
import type { FieldSet } from '../meta/kube-object.ts'
import { type FieldType, loadModel } from '../registry/schema.ts'
import { isSet, listKeysOf } from './list-keys.ts'

/** Steps from the root of an object: `f:spec`, `k:{"name":"web"}`, `v:"x"`, and `.` for a list item itself. */
export type Path = string[]

// Values that are replaced as a whole. Source: the x-kubernetes-map-type: atomic extensions of the OpenAPI document.
const ATOMIC = new Set([
  'V1LabelSelector',
  'V1SecretKeySelector',
  'V1ConfigMapKeySelector',
  'V1ObjectFieldSelector',
  'V1ResourceFieldSelector',
  'V1LocalObjectReference',
  'V1ObjectReference',
  'V1TypedLocalObjectReference',
  'V1NodeSelector',
  'V1NodeSelectorTerm',
  'V1RoleRef',
])
const ATOMIC_MAPS = new Set(['nodeSelector', 'selector'])

/** Returns the paths of all values in a configuration. */
export function pathsOf(type: FieldType, value: unknown, at: Path = []): Path[] {
  if (type.is === 'model' && !ATOMIC.has(type.model) && isRecord(value)) {
    const model = loadModel(type.model)
    return Object.entries(value).flatMap(([key, item]) =>
      fieldPaths(model.get(key), key, item, [...at, `f:${key}`]),
    )
  }
  if (type.is === 'map' && isRecord(value)) {
    const entries = Object.entries(value)
    return entries.length === 0
      ? [at]
      : entries.flatMap(([key, item]) => pathsOf(type.of, item, [...at, `f:${key}`]))
  }
  return [at]
}

function fieldPaths(type: FieldType | undefined, key: string, value: unknown, at: Path): Path[] {
  if (!type || (type.is === 'map' && ATOMIC_MAPS.has(key))) return [at]
  if (Array.isArray(value) && isSet(key)) return value.map(item => [...at, `v:${JSON.stringify(item)}`])
  const keys = listKeysOf(type)
  if (Array.isArray(value) && keys.length > 0 && type.is === 'list')
    return value.flatMap(item => {
      const step = [...at, itemStep(item, keys)]
      return [[...step, '.'], ...pathsOf(type.of, item, step)]
    })
  return pathsOf(type, value, at)
}

/** Returns the step to a list item: its keys, with the defaults of omitted keys. */
export function itemStep(item: unknown, keys: string[]): string {
  const values = isRecord(item) ? item : {}
  const pairs = keys.map(key => [key, values[key] ?? (key === 'protocol' ? 'TCP' : '')])
  return `k:${JSON.stringify(Object.fromEntries(pairs))}`
}

/** Converts paths to the trie that managedFields stores. */
export function toFieldSet(paths: Path[]): FieldSet {
  const root: FieldSet = {}
  for (const path of paths) {
    let node = root
    for (const step of path) {
      const next = node[step] ?? {}
      node[step] = next
      node = next
    }
  }
  return root
}

/** Returns the paths of a trie: its leaves. */
export function fromFieldSet(set: FieldSet, at: Path = []): Path[] {
  const entries = Object.entries(set)
  if (entries.length === 0) return at.length > 0 ? [at] : []
  return entries.flatMap(([step, inner]) => fromFieldSet(inner, [...at, step]))
}

/** Returns the value at a path; `undefined` if there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value
  for (const step of path) {
    if (step === '.') return current === undefined ? undefined : true
    if (step.startsWith('f:')) current = isRecord(current) ? current[step.slice(2)] : undefined
    else if (Array.isArray(current)) current = current.find(item => isItem(item, step))
    else current = undefined
  }
  return current
}

/** Removes the value at a path, in place. A list item is removed with its own `.`. */
export function removeAt(root: unknown, path: Path): void {
  const isItself = path.at(-1) === '.'
  const steps = isItself ? path.slice(0, -1) : path
  const last = steps.at(-1) ?? ''
  const parent = valueAt(root, steps.slice(0, -1))
  if (last.startsWith('f:') && isRecord(parent)) delete parent[last.slice(2)]
  else if (Array.isArray(parent)) {
    const index = parent.findIndex(item => isItem(item, last))
    if (index >= 0) parent.splice(index, 1)
  }
}

function isItem(item: unknown, step: string): boolean {
  if (step.startsWith('v:')) return JSON.stringify(item) === step.slice(2)
  const keys = Object.entries(JSON.parse(step.slice(2)) as Record<string, unknown>)
  return (
    isRecord(item) && keys.every(([key, value]) => (item[key] ?? (key === 'protocol' ? 'TCP' : '')) === value)
  )
}
