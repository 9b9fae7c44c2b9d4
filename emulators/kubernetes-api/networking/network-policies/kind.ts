import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject, LabelSelector } from '../../meta/kube-object.ts'
import { formatSelector } from '../../meta/label-selector.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type NetworkPolicy = KubeObject & {
  spec: { podSelector: LabelSelector; policyTypes?: string[]; ingress?: unknown[]; egress?: unknown[] }
}

export const networkPolicies: ResourceKind<NetworkPolicy> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  isNamespaced: true,
  hasGeneration: true,
  model: 'V1NetworkPolicy',
  columns: columnsOf([{ name: 'Pod-Selector', read: ({ spec }) => formatSelector(spec.podSelector) }]),
  setDefaults({ spec }) {
    if (!spec) return
    spec.podSelector ??= {}
    spec.policyTypes ??= spec.egress ? ['Ingress', 'Egress'] : ['Ingress']
  },
}
