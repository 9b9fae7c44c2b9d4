import { isRecord } from '@goalixa/chassis/is-record'
import { type FieldType, loadModel } from './schema.ts'

/**
 * Returns a value without the empty maps in it, as the API server stores it: `labels: {}` vanishes, while an empty
 * struct such as `emptyDir: {}` stays. Source: `omitempty` in k8s.io/api.
 */
export function dropEmptyMaps<T>(type: FieldType, value: T): T {
  return strip(type, value) as T
}

function strip(type: FieldType, value: unknown): unknown {
  if (type.is === 'list' && Array.isArray(value)) return value.map(item => strip(type.of, item))
  if (type.is !== 'model' || !isRecord(value)) return value
  const fields = loadModel(type.model)
  const kept = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const field = fields.get(key)
    if (field === undefined) return [[key, item]]
    const isEmptyMap = field.is === 'map' && isRecord(item) && Object.keys(item).length === 0
    return isEmptyMap ? [] : [[key, strip(field, item)]]
  })
  return Object.fromEntries(kept)
}
