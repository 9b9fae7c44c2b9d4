import type { PodTemplate } from '../../core/pods/pod-spec.ts'
import { columnsOf } from '../../meta/columns.ts'
import type { Condition, LabelSelector } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { setTemplateDefaults, templateColumns, validateWorkload, type Workload } from '../workload.ts'

export type ReplicaSet = Workload & {
  spec: { replicas: number; minReadySeconds?: number; selector: LabelSelector; template: PodTemplate }
  status: {
    replicas: number
    fullyLabeledReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    observedGeneration?: number
    conditions?: Condition[]
  }
}

export const replicaSets: ResourceKind<ReplicaSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  isNamespaced: true,
  subresources: ['status', 'scale'],
  hasGeneration: true,
  model: 'V1ReplicaSet',
  columns: columnsOf<ReplicaSet>(
    [
      { name: 'Desired', type: 'integer', read: ({ spec }) => spec.replicas },
      { name: 'Current', type: 'integer', read: ({ status }) => status.replicas ?? 0 },
      { name: 'Ready', type: 'integer', read: ({ status }) => status.readyReplicas ?? 0 },
    ],
    templateColumns(),
  ),
  setDefaults(replicaSet, previous) {
    if (!replicaSet.spec) return
    replicaSet.spec.replicas ??= 1
    setTemplateDefaults(replicaSet.spec.template)
    if (!previous) replicaSet.status = { replicas: 0 }
  },
  validate: validateWorkload,
}
