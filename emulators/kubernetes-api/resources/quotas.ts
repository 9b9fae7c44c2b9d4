import { columnsOf } from './columns.ts'
import type { KubeObject } from './kube-object.ts'
import type { ResourceKind } from './resource-kind.ts'

export type ResourceQuota = KubeObject & {
  spec: { hard?: Record<string, string>; scopes?: string[] }
  status: { hard?: Record<string, string>; used?: Record<string, string> }
}

export const resourceQuotas: ResourceKind<ResourceQuota> = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  singular: 'resourcequota',
  shortNames: ['quota'],
  isNamespaced: true,
  subresources: ['status'],
  model: 'V1ResourceQuota',
  columns: columnsOf([
    { name: 'Request', read: quota => usageText(quota, name => !name.startsWith('limits.')) },
    { name: 'Limit', read: quota => usageText(quota, name => name.startsWith('limits.')) },
  ]),
  setDefaults(quota, previous) {
    if (!previous) quota.status = {}
  },
}

function usageText({ status }: ResourceQuota, isShown: (name: string) => boolean): string {
  return Object.entries(status.hard ?? {})
    .filter(([name]) => isShown(name))
    .toSorted()
    .map(([name, hard]) => `${name}: ${status.used?.[name] ?? '0'}/${hard}`)
    .join(', ')
}

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
