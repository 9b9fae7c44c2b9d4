import { invalid } from './field-error.ts'
import type { FieldError } from './resource-kind.ts'

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/

const LABEL_MESSAGE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const SUBDOMAIN_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const VALUE_MESSAGE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
const KEY_MESSAGE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

/** Validates a name by the rule of its kind. Source: RFC 1123 and k8s.io/apimachinery validation. */
export function validateName(
  field: string,
  name: string,
  rule: 'label' | 'subdomain' | 'path' = 'subdomain',
): FieldError[] {
  if (rule === 'path')
    return /[/%]|^\.{1,2}$/.test(name) ? [invalid(field, name, "may not contain '/' or '%'")] : []
  if (rule === 'label') {
    if (name.length > 63) return [invalid(field, name, 'must be no more than 63 characters')]
    return LABEL.test(name) ? [] : [invalid(field, name, LABEL_MESSAGE)]
  }
  if (name.length > 253) return [invalid(field, name, 'must be no more than 253 characters')]
  return SUBDOMAIN.test(name) ? [] : [invalid(field, name, SUBDOMAIN_MESSAGE)]
}

/** Validates a set of labels. */
export function validateLabels(field: string, labels: Record<string, string> | undefined): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...validateKey(field, key),
    ...(typeof value === 'string' && value.length <= 63 && (value === '' || QUALIFIED.test(value))
      ? []
      : [invalid(field, value, VALUE_MESSAGE)]),
  ])
}

/** Validates annotation keys. */
export function validateAnnotations(
  field: string,
  annotations: Record<string, string> | undefined,
): FieldError[] {
  return Object.keys(annotations ?? {}).flatMap(key => validateKey(field, key.toLowerCase()))
}

function validateKey(field: string, key: string): FieldError[] {
  const [prefix, name] = key.includes('/')
    ? [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)]
    : ['', key]
  if (prefix !== '' && !SUBDOMAIN.test(prefix))
    return [invalid(field, key, `prefix part ${SUBDOMAIN_MESSAGE}`)]
  if (name.length > 63) return [invalid(field, key, 'name part must be no more than 63 characters')]
  return QUALIFIED.test(name) ? [] : [invalid(field, key, KEY_MESSAGE)]
}
