import type { KubeObject } from '../meta/kube-object.ts'
import { matchesExpression } from '../meta/label-selector.ts'
import type { ResourceKind } from '../meta/resource-kind.ts'
import { badRequest } from '../registry/status-error.ts'

export type Filter = (object: KubeObject) => boolean

/** Parses `labelSelector` and `fieldSelector` into a filter. Throws StatusError 400 if one is invalid. */
export function parseFilter(kind: ResourceKind, query: URLSearchParams, name?: string): Filter {
  const byLabel = labelFilter(query.get('labelSelector') ?? '')
  const byField = fieldFilter(kind, query.get('fieldSelector') ?? '')
  return object => (name === undefined || object.metadata.name === name) && byLabel(object) && byField(object)
}

function labelFilter(text: string): Filter {
  const requirements = splitOutsideParentheses(text).map(parseRequirement)
  return ({ metadata }) =>
    requirements.every(({ key, operator, values }) =>
      matchesExpression(metadata.labels?.[key], operator, values),
    )
}

type Requirement = { key: string; operator: string; values: string[] }
const KEY = '([A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)'
const FORMS: [RegExp, (match: RegExpExecArray) => Requirement][] = [
  [new RegExp(`^${KEY}$`), ([, key = '']) => ({ key, operator: 'Exists', values: [] })],
  [new RegExp(`^!\\s*${KEY}$`), ([, key = '']) => ({ key, operator: 'DoesNotExist', values: [] })],
  [
    new RegExp(`^${KEY}\\s*!=\\s*([-\\w.]*)$`),
    ([, key = '', value = '']) => ({ key, operator: 'NotIn', values: [value] }),
  ],
  [
    new RegExp(`^${KEY}\\s*={1,2}\\s*([-\\w.]*)$`),
    ([, key = '', value = '']) => ({ key, operator: 'In', values: [value] }),
  ],
  [
    new RegExp(`^${KEY}\\s*>\\s*(-?\\d+)$`),
    ([, key = '', value = '']) => ({ key, operator: 'Gt', values: [value] }),
  ],
  [
    new RegExp(`^${KEY}\\s*<\\s*(-?\\d+)$`),
    ([, key = '', value = '']) => ({ key, operator: 'Lt', values: [value] }),
  ],
  [
    new RegExp(`^${KEY}\\s+in\\s*\\(([^()]*)\\)$`),
    ([, key = '', list = '']) => ({ key, operator: 'In', values: words(list) }),
  ],
  [
    new RegExp(`^${KEY}\\s+notin\\s*\\(([^()]*)\\)$`),
    ([, key = '', list = '']) => ({ key, operator: 'NotIn', values: words(list) }),
  ],
]

function parseRequirement(text: string): Requirement {
  for (const [form, build] of FORMS) {
    const match = form.exec(text)
    if (match) return build(match)
  }
  throw badRequest(
    `unable to parse requirement: "${text}" is not a label requirement such as a=b, a!=b, a in (b,c) or !a`,
  )
}

function words(list: string): string[] {
  return list.split(',').map(word => word.trim())
}

function splitOutsideParentheses(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map(part => part.trim())
    .filter(Boolean)
}

function fieldFilter(kind: ResourceKind, text: string): Filter {
  const requirements = text
    .split(',')
    .filter(Boolean)
    .map(part => {
      const match = /^([^=!]+)(!=|==?)(.*)$/.exec(part)
      if (!match) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`)
      const [, field = '', operator, value = ''] = match
      return { field, isEqual: operator !== '!=', value: value.replaceAll(/\\([,=\\])/g, '$1') }
    })
  const checkKnown = (fields: Record<string, string>) => {
    for (const { field } of requirements)
      if (!(field in fields)) throw badRequest(unknownFieldMessage(kind, field))
  }
  if (requirements.length > 0) checkKnown(fieldsOf(kind, SAMPLE))
  return object => {
    if (requirements.length === 0) return true
    const fields = fieldsOf(kind, object)
    return requirements.every(({ field, isEqual, value }) => (fields[field] === value) === isEqual)
  }
}

// Kinds with fields of their own have a conversion of their own, with another message. Source: each kind's conversion.go.
function unknownFieldMessage({ kind, fields }: ResourceKind, field: string): string {
  if (fields === undefined)
    return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
  return kind === 'Job'
    ? `field label "${field}" not supported for Job`
    : `field label not supported: ${field}`
}

// Only the names of the fields matter here, so an empty object is enough.
const SAMPLE = {
  apiVersion: '',
  kind: '',
  metadata: { name: '', uid: '', resourceVersion: '', creationTimestamp: '' },
  spec: {},
  status: {},
}

function fieldsOf(kind: ResourceKind, object: KubeObject): Record<string, string> {
  const { name, namespace = '' } = object.metadata
  return {
    'metadata.name': name,
    ...(kind.isNamespaced ? { 'metadata.namespace': namespace } : {}),
    ...kind.fields?.(object),
  }
}
