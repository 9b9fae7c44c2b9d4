import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { validateDataKeys, validateImmutable } from '../validate-config-data.ts'

export type ConfigMap = KubeObject & {
  data?: Record<string, string>
  binaryData?: Record<string, string>
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
  validate: (map, previous) => [...validateDataKeys(map.data), ...validateImmutable(map, previous)],
}
