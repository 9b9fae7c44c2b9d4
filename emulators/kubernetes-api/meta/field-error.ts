import type { FieldError } from './resource-kind.ts'

/** A required field is missing. */
export function required(field: string, detail = ''): FieldError {
  return {
    field,
    reason: 'FieldValueRequired',
    message: detail ? `Required value: ${detail}` : 'Required value',
  }
}

/** The value of the field is invalid. */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { field, reason: 'FieldValueInvalid', message: `Invalid value: ${display(value)}: ${detail}` }
}

/** The value of the field is not one of the supported values. */
export function unsupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const list = supported
    .toSorted()
    .map(candidate => JSON.stringify(candidate))
    .join(', ')
  return {
    field,
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${display(value)}: supported values: ${list}`,
  }
}

/** The value may occur only once. */
export function duplicate(field: string, value: unknown): FieldError {
  return { field, reason: 'FieldValueDuplicate', message: `Duplicate value: ${display(value)}` }
}

/** The field refers to something that does not exist. */
export function notFound(field: string, value: unknown): FieldError {
  return { field, reason: 'FieldValueNotFound', message: `Not found: ${display(value)}` }
}

/** The field may not be set or changed. */
export function forbidden(field: string, detail: string): FieldError {
  return { field, reason: 'FieldValueForbidden', message: `Forbidden: ${detail}` }
}

function display(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}
