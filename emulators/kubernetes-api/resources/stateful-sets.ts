import { isDeepStrictEqual } from 'node:util'
import { columnsOf } from './columns.ts'
import { forbidden } from './fault.ts'
import type { Condition, KubeObject, LabelSelector } from './kube-object.ts'
import type { PodTemplate } from './pod-spec.ts'
import type { Fault, ResourceKind } from './resource-kind.ts'
import { setTemplateDefaults, templateColumns, type Workload, workloadFaults } from './workload.ts'

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
    ...workloadFaults(set, previous),
    ...(previous && set.spec ? fixedFieldFaults(set.spec, previous.spec) : []),
  ],
}

const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

function fixedFieldFaults(spec: StatefulSet['spec'], before: StatefulSet['spec']): Fault[] {
  const fixed = (all: StatefulSet['spec']) =>
    Object.fromEntries(Object.entries(all).filter(([field]) => !CHANGEABLE.includes(field)))
  if (isDeepStrictEqual(fixed(spec), fixed(before))) return []
  const names = CHANGEABLE.map(name => `'${name}'`)
  return [
    forbidden(
      'spec',
      `updates to statefulset spec for fields other than ${names.slice(0, -1).join(', ')} and ${names.at(-1)} are forbidden`,
    ),
  ]
}

export type ControllerRevision = KubeObject & { revision: number; data?: unknown }

export const controllerRevisions: ResourceKind<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  isNamespaced: true,
  model: 'V1ControllerRevision',
  columns: columnsOf([
    { name: 'Controller', read: ({ metadata }) => ownerText(metadata.ownerReferences) },
    { name: 'Revision', type: 'integer', read: ({ revision }) => revision },
  ]),
}

function ownerText(
  owners: { kind: string; name: string; controller?: boolean; apiVersion: string }[] = [],
): string {
  const owner = owners.find(one => one.controller)
  if (!owner) return '<none>'
  return `${owner.kind.toLowerCase()}.${owner.apiVersion.split('/')[0]}/${owner.name}`
}
