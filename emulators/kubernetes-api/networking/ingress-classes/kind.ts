import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export const ingressClasses: ResourceKind<KubeObject & { spec: { controller?: string } }> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  singular: 'ingressclass',
  isNamespaced: false,
  hasGeneration: true,
  model: 'V1IngressClass',
  columns: columnsOf([
    { name: 'Controller', read: ({ spec }) => spec.controller ?? '' },
    { name: 'Parameters', read: () => '<none>' },
  ]),
}
