import type { PodTemplate } from '../../core/pods/pod-spec.ts'
import { columnsOf, formatLabels } from '../../meta/columns.ts'
import type { Condition, LabelSelector } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { setTemplateDefaults, templateColumns, validateWorkload, type Workload } from '../workload.ts'

export type DaemonSet = Workload & {
  spec: {
    selector: LabelSelector
    template: PodTemplate
    updateStrategy: {
      type: string
      rollingUpdate?: { maxUnavailable?: number | string; maxSurge?: number | string }
    }
    revisionHistoryLimit: number
    minReadySeconds?: number
  }
  status: {
    desiredNumberScheduled: number
    currentNumberScheduled: number
    numberMisscheduled: number
    numberReady: number
    numberAvailable?: number
    numberUnavailable?: number
    updatedNumberScheduled?: number
    observedGeneration?: number
    conditions?: Condition[]
  }
}

export const daemonSets: ResourceKind<DaemonSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  isNamespaced: true,
  subresources: ['status'],
  hasGeneration: true,
  model: 'V1DaemonSet',
  columns: columnsOf<DaemonSet>(
    [
      { name: 'Desired', type: 'integer', read: ({ status }) => status.desiredNumberScheduled },
      { name: 'Current', type: 'integer', read: ({ status }) => status.currentNumberScheduled },
      { name: 'Ready', type: 'integer', read: ({ status }) => status.numberReady },
      { name: 'Up-to-date', type: 'integer', read: ({ status }) => status.updatedNumberScheduled ?? 0 },
      { name: 'Available', type: 'integer', read: ({ status }) => status.numberAvailable ?? 0 },
      { name: 'Node Selector', read: ({ spec }) => formatLabels(spec.template.spec.nodeSelector) },
    ],
    templateColumns(),
  ),
  setDefaults(set, previous) {
    if (!set.spec) return
    set.spec.revisionHistoryLimit ??= 10
    set.spec.updateStrategy ??= { type: 'RollingUpdate' }
    if (set.spec.updateStrategy.type === 'RollingUpdate')
      set.spec.updateStrategy.rollingUpdate = {
        maxUnavailable: 1,
        maxSurge: 0,
        ...set.spec.updateStrategy.rollingUpdate,
      }
    setTemplateDefaults(set.spec.template)
    if (!previous)
      set.status = {
        desiredNumberScheduled: 0,
        currentNumberScheduled: 0,
        numberMisscheduled: 0,
        numberReady: 0,
      }
  },
  validate: validateWorkload,
}
