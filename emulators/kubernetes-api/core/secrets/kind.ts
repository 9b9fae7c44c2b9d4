import { columnsOf } from '../../meta/columns.ts'
import { invalid } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { validateDataKeys, validateImmutable } from '../validate-config-data.ts'

export type Secret = KubeObject & {
  type?: string
  data?: Record<string, string>
  stringData?: Record<string, string>
  immutable?: boolean
}

export const secrets: ResourceKind<Secret> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  isNamespaced: true,
  model: 'V1Secret',
  columns: columnsOf<Secret>([
    { name: 'Type', read: ({ type }) => type ?? '' },
    { name: 'Data', type: 'integer', read: ({ data }) => Object.keys(data ?? {}).length },
  ]),
  fields: ({ type }) => ({ type: type ?? '' }),
  setDefaults(secret) {
    secret.type ??= 'Opaque'
    const plain = Object.entries(secret.stringData ?? {})
    if (plain.length > 0)
      secret.data = {
        ...secret.data,
        ...Object.fromEntries(plain.map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
      }
    delete secret.stringData
  },
  validate: (secret, previous) => [
    ...validateDataKeys(secret.data),
    ...(previous && previous.type !== secret.type
      ? [invalid('type', secret.type, 'field is immutable')]
      : []),
    ...validateImmutable(secret, previous),
  ],
}
