import { isRecord } from '@goalixa/chassis/is-record'
import type { ResourceKind } from '../meta/resource-kind.ts'
import { apiVersionOf } from '../meta/resource-kind.ts'
import { type FieldType, loadModel } from './schema.ts'
import { badRequest } from './status-error.ts'

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'
type Found = { unknown: string[] }

/**
 * Decodes a document to an object of its kind: unknown fields are dropped and reported, nulls are dropped, and a value
 * of a wrong type throws StatusError 400, as does an unknown field under `Strict`.
 */
export function decode(
  kind: ResourceKind,
  document: unknown,
  validation: FieldValidation,
): { object: unknown; warnings: string[] } {
  const found: Found = { unknown: [] }
  const where = `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}`
  let object: unknown
  try {
    object = read({ is: 'model', model: kind.model }, document, '', found)
  } catch (error) {
    if (!(error instanceof WrongType)) throw error
    throw badRequest(
      `${where}: json: cannot unmarshal ${error.actual} into Go struct field ${kind.kind}.${error.field} of type ${error.wanted}`,
    )
  }
  const unknown = found.unknown.map(field => `unknown field "${field}"`)
  if (validation === 'Strict' && unknown.length > 0)
    throw badRequest(`${where}: strict decoding error: ${unknown.join(', ')}`)
  const typed = { ...(object as Record<string, unknown>), apiVersion: apiVersionOf(kind), kind: kind.kind }
  return { object: typed, warnings: validation === 'Warn' ? unknown : [] }
}

class WrongType extends Error {
  readonly field: string
  readonly actual: string
  readonly wanted: string
  constructor(field: string, actual: string, wanted: string) {
    super(field)
    this.field = field
    this.actual = actual
    this.wanted = wanted
  }
}

function read(type: FieldType, value: unknown, at: string, found: Found): unknown {
  if (value === null || value === undefined || type.is === 'any') return value
  switch (type.is) {
    case 'model':
      return readModel(type.model, value, at, found)
    case 'list':
      if (!Array.isArray(value)) throw new WrongType(at, goTypeName(value), `[]${nameOf(type.of)}`)
      return value.map((item, index) => read(type.of, item ?? zeroOf(type.of), `${at}[${index}]`, found))
    case 'map': {
      if (!isRecord(value)) throw new WrongType(at, goTypeName(value), `map[string]${nameOf(type.of)}`)
      const entries = Object.entries(value).map(
        ([key, item]) => [key, read(type.of, item, `${at}.${key}`, found) ?? ''] as const,
      )
      return Object.fromEntries(entries)
    }
    case 'quantity':
      if (typeof value === 'number') return String(value)
      return plain(value, 'string', at, 'resource.Quantity')
    case 'intOrString':
      if (typeof value === 'number') return value
      return plain(value, 'string', at, 'intstr.IntOrString')
    case 'integer':
      if (!Number.isInteger(value)) throw new WrongType(at, goTypeName(value), 'int32')
      return value
    case 'number':
      return plain(value, 'number', at, 'float64')
    case 'boolean':
      return plain(value, 'boolean', at, 'bool')
    case 'time':
      return plain(value, 'string', at, 'time.Time')
    default:
      return plain(value, 'string', at, 'string')
  }
}

// A null in a list becomes the zero value of its items, as in Go.
function zeroOf(type: FieldType): unknown {
  if (type.is === 'model' || type.is === 'map') return {}
  return type.is === 'string' ? '' : null
}

function readModel(model: string, value: unknown, at: string, found: Found): unknown {
  if (model === 'V1FieldsV1' || model.startsWith('V1JSON')) return value
  if (!isRecord(value)) throw new WrongType(at, goTypeName(value), model)
  const fields = loadModel(model)
  const result: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    const type = fields.get(key)
    const path = at === '' ? key : `${at}.${key}`
    if (!type) found.unknown.push(path)
    else if (item !== null || KEPT_NULLS.has(key)) result[key] = read(type, item, path, found)
  }
  return result
}

const KEPT_NULLS = new Set(['eventTime', 'lastProbeTime', 'firstTimestamp', 'lastTimestamp'])

function plain(value: unknown, wanted: 'string' | 'number' | 'boolean', at: string, type: string): unknown {
  if (typeof value !== wanted) throw new WrongType(at, goTypeName(value), type)
  return value
}

function nameOf(type: FieldType): string {
  return type.is === 'model' ? type.model : type.is
}

function goTypeName(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}
