import { columnsOf } from './columns.ts'
import type { KubeObject } from './kube-object.ts'
import type { ResourceKind } from './resource-kind.ts'

export type ServiceAccount = KubeObject & { secrets?: { name: string }[] }

export const serviceAccounts: ResourceKind<ServiceAccount> = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  isNamespaced: true,
  model: 'V1ServiceAccount',
  columns: columnsOf([{ name: 'Secrets', type: 'integer', read: ({ secrets }) => secrets?.length ?? 0 }]),
}
