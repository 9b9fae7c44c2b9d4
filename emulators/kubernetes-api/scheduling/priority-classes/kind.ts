import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export const priorityClasses: ResourceKind<
  KubeObject & { value?: number; globalDefault?: boolean; preemptionPolicy?: string }
> = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  singular: 'priorityclass',
  shortNames: ['pc'],
  isNamespaced: false,
  hasGeneration: true,
  model: 'V1PriorityClass',
  columns: columnsOf([
    { name: 'Value', type: 'integer', read: ({ value }) => value ?? 0 },
    { name: 'Global-Default', read: ({ globalDefault }) => String(globalDefault ?? false) },
  ]),
}
