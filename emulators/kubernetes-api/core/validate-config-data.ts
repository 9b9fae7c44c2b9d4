import { forbidden, invalid } from '../meta/field-error.ts'
import type { FieldError } from '../meta/resource-kind.ts'
import type { ConfigMap } from './config-maps/kind.ts'
import type { Secret } from './secrets/kind.ts'

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

export function validateImmutable(
  object: ConfigMap | Secret,
  previous: ConfigMap | Secret | undefined,
): FieldError[] {
  if (!previous?.immutable) return []
  const hasChanged = JSON.stringify([previous.data, true]) !== JSON.stringify([object.data, object.immutable])
  return hasChanged ? [forbidden('data', 'field is immutable when `immutable` is set')] : []
}
