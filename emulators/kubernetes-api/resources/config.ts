import { columnsOf } from './columns.ts'
import { forbidden, invalid } from './fault.ts'
import type { KubeObject } from './kube-object.ts'
import type { Fault, ResourceKind } from './resource-kind.ts'

export type ConfigMap = KubeObject & {
  data?: Record<string, string>
  binaryData?: Record<string, string>
  immutable?: boolean
}
export type Secret = KubeObject & {
  type?: string
  data?: Record<string, string>
  stringData?: Record<string, string>
  immutable?: boolean
}

export const configMaps: ResourceKind<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  isNamespaced: true,
  model: 'V1ConfigMap',
  columns: columnsOf([
    {
      name: 'Data',
      type: 'integer',
      read: ({ data, binaryData }) => Object.keys({ ...data, ...binaryData }).length,
    },
  ]),
  validate: (map, previous) => [...keyFaults(map.data), ...immutableFaults(map, previous)],
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
    ...keyFaults(secret.data),
    ...(previous && previous.type !== secret.type
      ? [invalid('type', secret.type, 'field is immutable')]
      : []),
    ...immutableFaults(secret, previous),
  ],
}

function keyFaults(data: Record<string, string> | undefined): Fault[] {
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

function immutableFaults(object: ConfigMap | Secret, previous: ConfigMap | Secret | undefined): Fault[] {
  if (!previous?.immutable) return []
  const hasChanged = JSON.stringify([previous.data, true]) !== JSON.stringify([object.data, object.immutable])
  return hasChanged ? [forbidden('data', 'field is immutable when `immutable` is set')] : []
}
