import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

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
