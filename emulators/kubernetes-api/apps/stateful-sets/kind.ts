import type { PodTemplate } from '../../core/pods/pod-spec.ts'
import { columnsOf } from '../../meta/columns.ts'
import type { Condition, LabelSelector } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import type { Workload } from '../workload.ts'
import { setTemplateDefaults, templateColumns, validateWorkload } from '../workload.ts'
import { validateImmutableFields } from './validate.ts'

export type ClaimTemplate = {
  metadata: { name: string; labels?: Record<string, string> }
  spec: Record<string, unknown>
}

export type StatefulSet = Workload & {
  spec: {
    replicas: number
    serviceName?: string
    selector: LabelSelector
    template: PodTemplate
    podManagementPolicy: string
    updateStrategy: { type: string; rollingUpdate?: { partition?: number } }
    revisionHistoryLimit: number
    minReadySeconds?: number
    volumeClaimTemplates?: ClaimTemplate[]
    persistentVolumeClaimRetentionPolicy?: Record<string, string>
  }
  status: {
    replicas: number
    readyReplicas?: number
    availableReplicas?: number
    currentReplicas?: number
    updatedReplicas?: number
    currentRevision?: string
    updateRevision?: string
    observedGeneration?: number
    collisionCount?: number
    conditions?: Condition[]
  }
}

export const statefulSets: ResourceKind<StatefulSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  isNamespaced: true,
  subresources: ['status', 'scale'],
  hasGeneration: true,
  model: 'V1StatefulSet',
  columns: columnsOf<StatefulSet>(
    [{ name: 'Ready', read: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas}` }],
    templateColumns<StatefulSet>().slice(0, 2),
  ),
  setDefaults(set, previous) {
    const { spec } = set
    if (!spec) return
    spec.replicas ??= 1
    spec.podManagementPolicy ??= 'OrderedReady'
    spec.revisionHistoryLimit ??= 10
    spec.updateStrategy ??= { type: 'RollingUpdate' }
    spec.updateStrategy.type ||= 'RollingUpdate'
    if (spec.updateStrategy.type === 'RollingUpdate')
      spec.updateStrategy.rollingUpdate = { partition: 0, ...spec.updateStrategy.rollingUpdate }
    spec.persistentVolumeClaimRetentionPolicy ??= { whenDeleted: 'Retain', whenScaled: 'Retain' }
    setTemplateDefaults(spec.template)
    if (!previous) set.status = { replicas: 0 }
  },
  validate: (set, previous) => [
    ...validateWorkload(set, previous),
    ...(previous && set.spec ? validateImmutableFields(set.spec, previous.spec) : []),
  ],
}
