import type { FieldError } from './resource-kind.ts'

/** Reports that a required field is missing. */
export function required(field: string, detail = ''): FieldError {
  return {
    field,
    reason: 'FieldValueRequired',
    message: detail ? `Required value: ${detail}` : 'Required value',
  }
}

/** Reports that the value of the field is invalid. */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { field, reason: 'FieldValueInvalid', message: `Invalid value: ${display(value)}: ${detail}` }
}

/** Reports that the value of the field is not one of the supported values. */
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

/** Reports that the value occurs more than once. */
export function duplicate(field: string, value: unknown): FieldError {
  return { field, reason: 'FieldValueDuplicate', message: `Duplicate value: ${display(value)}` }
}

/** Reports that the field refers to an object that does not exist. */
export function notFound(field: string, value: unknown): FieldError {
  return { field, reason: 'FieldValueNotFound', message: `Not found: ${display(value)}` }
}

/** Reports that the field may not be set or changed. */
export function forbidden(field: string, detail: string): FieldError {
  return { field, reason: 'FieldValueForbidden', message: `Forbidden: ${detail}` }
}

function display(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}
