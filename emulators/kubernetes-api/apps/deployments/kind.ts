import { columnsOf } from '../../meta/columns.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { setTemplateDefaults, templateColumns, validateWorkload } from '../workload.ts'
import type { Deployment } from './deployment.ts'
import { validateStrategy } from './validate.ts'

export const deployments: ResourceKind<Deployment> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  isNamespaced: true,
  subresources: ['status', 'scale'],
  hasGeneration: true,
  model: 'V1Deployment',
  columns: columnsOf<Deployment>(
    [
      { name: 'Ready', read: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas}` },
      { name: 'Up-to-date', type: 'integer', read: ({ status }) => status.updatedReplicas ?? 0 },
      { name: 'Available', type: 'integer', read: ({ status }) => status.availableReplicas ?? 0 },
    ],
    templateColumns(),
  ),
  setDefaults({ spec }) {
    if (!spec) return
    spec.replicas ??= 1
    spec.revisionHistoryLimit ??= 10
    spec.progressDeadlineSeconds ??= 600
    spec.strategy ??= { type: 'RollingUpdate' }
    spec.strategy.type ||= 'RollingUpdate'
    if (spec.strategy.type === 'RollingUpdate')
      spec.strategy.rollingUpdate = { maxUnavailable: '25%', maxSurge: '25%', ...spec.strategy.rollingUpdate }
    setTemplateDefaults(spec.template)
  },
  validate: (deployment, previous) => [
    ...validateWorkload(deployment, previous),
    ...validateStrategy(deployment.spec),
  ],
}
