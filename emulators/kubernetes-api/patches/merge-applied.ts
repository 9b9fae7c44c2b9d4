import { isRecord } from '@goalixa/chassis/is-record'
import { type FieldType, loadModel } from '../registry/schema.ts'
import { itemStep } from './field-set.ts'
import { isSet, listKeysOf } from './list-keys.ts'

/**
 * Merges an applied configuration into an object: maps merge, keyed lists merge by key, everything else is replaced.
 */
export function mergeApplied(type: FieldType, target: unknown, config: unknown): unknown {
  if (!isRecord(config)) return config
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(config)) {
    const field = fieldTypeOf(type, key)
    result[key] = Array.isArray(value)
      ? mergeList(field, key, result[key], value)
      : mergeApplied(field, result[key], value)
  }
  return result
}

function mergeList(type: FieldType, field: string, target: unknown, config: unknown[]): unknown[] {
  const present = Array.isArray(target) ? target : []
  if (isSet(field)) return [...new Set([...present, ...config])]
  const keys = listKeysOf(type)
  if (keys.length === 0 || type.is !== 'list') return config
  const stepOf = (item: unknown) => itemStep(item, keys)
  const stated = config.map(item => {
    const before = present.find(other => stepOf(other) === stepOf(item))
    return mergeApplied(type.of, before, item)
  })
  const steps = new Set(stated.map(stepOf))
  return [...stated, ...present.filter(item => !steps.has(stepOf(item)))]
}

function fieldTypeOf(type: FieldType, key: string): FieldType {
  if (type.is === 'map') return type.of
  if (type.is !== 'model') return { is: 'any' }
  return loadModel(type.model).get(key) ?? { is: 'any' }
}
