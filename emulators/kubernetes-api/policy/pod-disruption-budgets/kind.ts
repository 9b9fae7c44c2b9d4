import { columnsOf } from '../../meta/columns.ts'
import { invalid } from '../../meta/field-error.ts'
import type { Condition, KubeObject, LabelSelector } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type PodDisruptionBudget = KubeObject & {
  spec: { minAvailable?: number | string; maxUnavailable?: number | string; selector?: LabelSelector }
  status: {
    currentHealthy: number
    desiredHealthy: number
    disruptionsAllowed: number
    expectedPods: number
    observedGeneration?: number
    conditions?: Condition[]
  }
}

export const podDisruptionBudgets: ResourceKind<PodDisruptionBudget> = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  isNamespaced: true,
  subresources: ['status'],
  hasGeneration: true,
  model: 'V1PodDisruptionBudget',
  columns: columnsOf<PodDisruptionBudget>([
    { name: 'Min Available', read: ({ spec }) => String(spec.minAvailable ?? 'N/A') },
    { name: 'Max Unavailable', read: ({ spec }) => String(spec.maxUnavailable ?? 'N/A') },
    { name: 'Allowed Disruptions', type: 'integer', read: ({ status }) => status.disruptionsAllowed },
  ]),
  setDefaults(budget, previous) {
    if (!previous)
      budget.status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 }
  },
  validate: ({ spec }) =>
    spec?.minAvailable !== undefined && spec?.maxUnavailable !== undefined
      ? [invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')]
      : [],
}
