import type { ResourceKind } from '../meta/resource-kind.ts'
import { isSet, listKeysOf } from '../patches/list-keys.ts'
import { type FieldType, loadModel } from '../registry/schema.ts'

export type Schema = { [key: string]: unknown }

/**
 * Builds the schemas of kinds and of everything that they contain, by model name. `prefix` is prepended to references.
 */
export function schemasOf(kinds: ResourceKind[], prefix: string): Record<string, Schema> {
  const schemas: Record<string, Schema> = {}
  const pending = kinds.map(kind => kind.model)
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name in schemas) continue
    const entries = [...loadModel(name)].map(([field, type]) => {
      pending.push(...modelsIn(type))
      return [field, { ...schemaOf(type, prefix), ...mergeExtensions(field, type) }] as const
    })
    schemas[name] = isFreeForm(name)
      ? { type: 'object' }
      : { type: 'object', properties: Object.fromEntries(entries) }
  }
  for (const { model, group, version, kind } of kinds)
    schemas[model] = { ...schemas[model], 'x-kubernetes-group-version-kind': [{ group, version, kind }] }
  return schemas
}

function isFreeForm(model: string): boolean {
  return model === 'V1FieldsV1' || model.startsWith('V1JSON')
}

function modelsIn(type: FieldType): string[] {
  if (type.is === 'model') return [type.model]
  return type.is === 'list' || type.is === 'map' ? modelsIn(type.of) : []
}

function schemaOf(type: FieldType, prefix: string): Schema {
  switch (type.is) {
    case 'model':
      return { $ref: `${prefix}${type.model}` }
    case 'list':
      return { type: 'array', items: schemaOf(type.of, prefix) }
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(type.of, prefix) }
    case 'integer':
      return { type: 'integer', format: 'int64' }
    case 'number':
      return { type: 'number', format: 'double' }
    case 'boolean':
      return { type: 'boolean' }
    case 'intOrString':
      return { type: 'string', format: 'int-or-string' }
    case 'time':
      return { type: 'string', format: 'date-time' }
    case 'bytes':
      return { type: 'string', format: 'byte' }
    case 'any':
      return { type: 'object' }
    default:
      return { type: 'string' }
  }
}

function mergeExtensions(field: string, type: FieldType): Schema {
  const keys = listKeysOf(type)
  if (keys.length > 0)
    return {
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': keys[0],
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': keys,
    }
  if (type.is !== 'list') return {}
  return isSet(field)
    ? { 'x-kubernetes-patch-strategy': 'merge', 'x-kubernetes-list-type': 'set' }
    : { 'x-kubernetes-list-type': 'atomic' }
}
