import { isRecord } from '@goalixa/chassis/is-record'
import { type FieldType, loadModel } from '../registry/schema.ts'
import { badRequest } from '../registry/status-error.ts'
import { isSet, listKeysOf } from './list-keys.ts'

type Json = Record<string, unknown>

/**
 * Applies a strategic merge patch: like a merge patch, but lists with a merge key merge item by item. Source:
 * Kubernetes community, sig-api-machinery/strategic-merge-patch.md. Throws StatusError 400 for an unknown directive.
 */
export function strategicMerge(type: FieldType, target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const { $patch: directive, $retainKeys: retained, ...changes } = patch
  if (directive === 'replace') return stripNulls(changes)
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge')
    throw badRequest(`Unknown patch type: ${String(directive)}`)
  const result: Json = isRecord(target) ? { ...target } : {}
  if (Array.isArray(retained))
    for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key]
  for (const [key, value] of Object.entries(changes)) {
    if (key.startsWith('$')) continue
    const field = fieldTypeOf(type, key)
    if (value === null) delete result[key]
    else if (Array.isArray(value)) result[key] = mergeList(field, key, asList(result[key]), value)
    else result[key] = strategicMerge(field, result[key], value)
  }
  for (const [key, value] of Object.entries(changes)) applyListDirective(type, result, key, value)
  return result
}

function fieldTypeOf(type: FieldType, key: string): FieldType {
  if (type.is === 'map') return type.of
  if (type.is !== 'model') return { is: 'any' }
  return loadModel(type.model).get(key) ?? { is: 'any' }
}

function mergeList(type: FieldType, field: string, target: unknown[], patch: unknown[]): unknown[] {
  if (isSet(field)) return [...new Set([...target, ...patch])]
  const [key] = listKeysOf(type)
  if (!key) return patch.map(stripNulls)
  const directives = patch.filter(isRecord)
  if (directives.some(item => item.$patch === 'replace'))
    return directives.filter(item => item.$patch !== 'replace').map(stripNulls)
  const itemType = type.is === 'list' ? type.of : type
  let result = target
  for (const item of directives) {
    const value = item[key]
    if (value === undefined)
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`)
    const isSame = (other: unknown) => isRecord(other) && other[key] === value
    if (item.$patch === 'delete') result = result.filter(other => !isSame(other))
    else if (result.some(isSame))
      result = result.map(other => (isSame(other) ? strategicMerge(itemType, other, item) : other))
    else result = [...result, strategicMerge(itemType, undefined, item)]
  }
  return result
}

function applyListDirective(type: FieldType, result: Json, directive: string, value: unknown) {
  const [name, field] = directive.split('/')
  if (!field || !Array.isArray(value)) return
  const list = asList(result[field])
  if (name === '$deleteFromPrimitiveList') result[field] = list.filter(item => !value.includes(item))
  if (name === '$setElementOrder' && field in result)
    result[field] = inOrder(list, value, listKeysOf(fieldTypeOf(type, field))[0])
}

// Kubernetes keeps items that the order does not name beside their old neighbours; here they are moved to the end.
function inOrder(list: unknown[], order: unknown[], key: string | undefined): unknown[] {
  const idOf = (item: unknown) => (key && isRecord(item) ? item[key] : item)
  const ids = order.map(idOf)
  const place = (item: unknown) => {
    const index = ids.indexOf(idOf(item))
    return index < 0 ? ids.length : index
  }
  return list.toSorted((a, b) => place(a) - place(b))
}

function stripNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripNulls)
  if (!isRecord(value)) return value
  const kept = Object.entries(value).filter(([key, item]) => item !== null && !key.startsWith('$'))
  return Object.fromEntries(kept.map(([key, item]) => [key, stripNulls(item)]))
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
