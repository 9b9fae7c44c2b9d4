import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

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
