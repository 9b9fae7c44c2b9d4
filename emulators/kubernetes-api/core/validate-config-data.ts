import { forbidden, invalid } from '../meta/field-error.ts'
import type { FieldError } from '../meta/resource-kind.ts'

/** The fields that ConfigMap and Secret have in common. */
type ConfigData = { data?: Record<string, string>; immutable?: boolean }

export function validateDataKeys(data: Record<string, string> | undefined): FieldError[] {
  return Object.keys(data ?? {})
    .filter(key => !/^[-._a-zA-Z0-9]{1,253}$/.test(key))
    .map(key =>
      invalid(
        `data[${key}]`,
        key,
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
      ),
    )
}

export function validateImmutable(object: ConfigData, previous: ConfigData | undefined): FieldError[] {
  if (!previous?.immutable) return []
  const hasChanged = JSON.stringify([previous.data, true]) !== JSON.stringify([object.data, object.immutable])
  return hasChanged ? [forbidden('data', 'field is immutable when `immutable` is set')] : []
}
