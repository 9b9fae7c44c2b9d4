import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

type Limit = {
  type: string
  default?: Record<string, string>
  defaultRequest?: Record<string, string>
  min?: Record<string, string>
  max?: Record<string, string>
}

export type LimitRange = KubeObject & { spec: { limits?: Limit[] } }

export const limitRanges: ResourceKind<LimitRange> = {
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  singular: 'limitrange',
  shortNames: ['limits'],
  isNamespaced: true,
  model: 'V1LimitRange',
  columns: [
    { name: 'Name', format: 'name', read: ({ metadata }) => metadata.name },
    { name: 'Created At', read: ({ metadata }) => metadata.creationTimestamp },
  ],
  setDefaults({ spec }) {
    for (const limit of spec?.limits ?? []) {
      if (limit.max && limit.type === 'Container') limit.default = { ...limit.max, ...limit.default }
      if (limit.default && limit.type === 'Container')
        limit.defaultRequest = { ...limit.default, ...limit.defaultRequest }
    }
  },
}
