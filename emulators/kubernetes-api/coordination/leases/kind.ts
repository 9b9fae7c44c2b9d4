import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type Lease = KubeObject & {
  spec: {
    holderIdentity?: string
    leaseDurationSeconds?: number
    renewTime?: string
    acquireTime?: string
    leaseTransitions?: number
  }
}

export const leases: ResourceKind<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  isNamespaced: true,
  model: 'V1Lease',
  columns: columnsOf([{ name: 'Holder', read: ({ spec }) => spec?.holderIdentity ?? '' }]),
}
