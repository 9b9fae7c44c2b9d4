import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type Namespace = KubeObject & { spec: { finalizers?: string[] }; status: { phase?: string } }

export const namespaces: ResourceKind<Namespace> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  isNamespaced: false,
  subresources: ['status'],
  model: 'V1Namespace',
  nameRule: 'label',
  columns: columnsOf([{ name: 'Status', read: ({ status }) => status.phase ?? '' }]),
  fields: ({ status }) => ({ 'status.phase': status?.phase ?? '' }),
  setDefaults(namespace, previous) {
    const { name } = namespace.metadata
    if (name)
      namespace.metadata.labels = { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': name }
    if (previous) return
    namespace.spec = { finalizers: ['kubernetes'] }
    namespace.status = { phase: 'Active' }
  },
}
