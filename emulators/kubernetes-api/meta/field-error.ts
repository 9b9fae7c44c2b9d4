import type { Fault } from './resource-kind.ts'

/** The field must be there and is not. */
export function required(field: string, detail = ''): Fault {
  return {
    field,
    reason: 'FieldValueRequired',
    message: detail ? `Required value: ${detail}` : 'Required value',
  }
}

/** The field has a value that can not be. */
export function invalid(field: string, value: unknown, detail: string): Fault {
  return { field, reason: 'FieldValueInvalid', message: `Invalid value: ${shown(value)}: ${detail}` }
}

/** The field is one of a few words, and this is none of them. */
export function unsupported(field: string, value: unknown, supported: readonly string[]): Fault {
  const list = supported
    .toSorted()
    .map(word => JSON.stringify(word))
    .join(', ')
  return {
    field,
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${shown(value)}: supported values: ${list}`,
  }
}

/** The value may occur once only. */
export function duplicate(field: string, value: unknown): Fault {
  return { field, reason: 'FieldValueDuplicate', message: `Duplicate value: ${shown(value)}` }
}

/** The field names something that is not there. */
export function notFound(field: string, value: unknown): Fault {
  return { field, reason: 'FieldValueNotFound', message: `Not found: ${shown(value)}` }
}

/** The field may not be set or changed here. */
export function forbidden(field: string, detail: string): Fault {
  return { field, reason: 'FieldValueForbidden', message: `Forbidden: ${detail}` }
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}
