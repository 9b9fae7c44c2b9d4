import { columnsOf } from '../../meta/columns.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { setTemplateDefaults, templateColumns, validateWorkload } from '../workload.ts'
import type { StatefulSet } from './stateful-set.ts'
import { validateImmutableFields } from './validate.ts'

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
