import { createRequire } from 'node:module'

type Attribute = { baseName: string; type: string; format: string }
/** The type of a field: another model, a list, a map, or a plain value. */
export type FieldType =
  | { is: 'model'; model: string }
  | { is: 'list'; of: FieldType }
  | { is: 'map'; of: FieldType }
  | {
      is: 'string' | 'integer' | 'number' | 'boolean' | 'time' | 'intOrString' | 'any' | 'bytes' | 'quantity'
    }
export type Model = ReadonlyMap<string, FieldType>

const require = createRequire(import.meta.url)
const models = new Map<string, Model>()

/**
 * Loads the fields of a model of the official client library on first use: the whole library would cost 80 MB. They are
 * generated from the OpenAPI document of Kubernetes.
 */
export function loadModel(name: string): Model {
  const known = models.get(name)
  if (known) return known
  const module: Record<string, { getAttributeTypeMap(): Attribute[] }> = require(
    `@kubernetes/client-node/dist/gen/models/${name}.js`,
  )
  const attributes = module[name]?.getAttributeTypeMap() ?? []
  const model = new Map(
    attributes.map(attribute => [
      attribute.baseName,
      fieldType(attribute.type, attribute.format, attribute.baseName),
    ]),
  )
  models.set(name, model)
  return model
}

function fieldType(type: string, format: string, field: string): FieldType {
  const list = /^Array<(.+)>$/.exec(type)
  if (list?.[1]) return { is: 'list', of: fieldType(list[1], format, field) }
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)
  if (map?.[1]) {
    const isQuantities = QUANTITIES.has(field) && format === '' && map[1] === 'string'
    return { is: 'map', of: isQuantities ? { is: 'quantity' } : fieldType(map[1], format, field) }
  }
  if (type === 'string' && QUANTITY_FIELDS.has(field)) return { is: 'quantity' }
  if (type === 'string') return { is: format === 'byte' ? 'bytes' : 'string' }
  if (type === 'number') return { is: format === 'double' ? 'number' : 'integer' }
  if (type === 'boolean') return { is: 'boolean' }
  if (type === 'Date' || type === 'V1MicroTime') return { is: 'time' }
  if (type === 'IntOrString') return { is: 'intOrString' }
  if (type === 'any') return { is: 'any' }
  return { is: 'model', model: type }
}

// The generator maps Quantity to string; on the wire it may also be a number.
const QUANTITIES = new Set([
  'limits',
  'requests',
  'capacity',
  'allocatable',
  'hard',
  'used',
  'overhead',
  'default',
  'defaultRequest',
  'max',
  'min',
  'maxLimitRequestRatio',
  'allocatedResources',
  'podFixed',
  'usage',
])
const QUANTITY_FIELDS = new Set(['sizeLimit', 'divisor', 'averageValue'])
