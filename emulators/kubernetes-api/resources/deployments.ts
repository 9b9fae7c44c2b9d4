import { columnsOf } from './columns.ts'
import { invalid, unsupported } from './fault.ts'
import type { Condition, LabelSelector } from './kube-object.ts'
import type { PodTemplate } from './pod-spec.ts'
import type { Fault, ResourceKind } from './resource-kind.ts'
import { setTemplateDefaults, templateColumns, type Workload, workloadFaults } from './workload.ts'

export type DeploymentSpec = {
  replicas: number
  selector: LabelSelector
  template: PodTemplate
  strategy: { type: string; rollingUpdate?: { maxSurge: number | string; maxUnavailable: number | string } }
  minReadySeconds?: number
  revisionHistoryLimit: number
  progressDeadlineSeconds: number
  paused?: boolean
  [field: string]: unknown
}
export type DeploymentStatus = {
  observedGeneration?: number
  replicas?: number
  updatedReplicas?: number
  readyReplicas?: number
  availableReplicas?: number
  unavailableReplicas?: number
  collisionCount?: number
  conditions?: Condition[]
}
export type Deployment = Workload & { spec: DeploymentSpec; status: DeploymentStatus }

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
    ...workloadFaults(deployment, previous),
    ...strategyFaults(deployment.spec),
  ],
}

function strategyFaults(spec: DeploymentSpec | undefined): Fault[] {
  if (!spec?.strategy) return []
  const { type, rollingUpdate } = spec.strategy
  if (!['Recreate', 'RollingUpdate'].includes(type))
    return [unsupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate'])]
  if (type === 'Recreate' && rollingUpdate)
    return [
      {
        field: 'spec.strategy.rollingUpdate',
        reason: 'FieldValueForbidden',
        message: "Forbidden: may not be specified when strategy `type` is 'Recreate'",
      },
    ]
  if (!rollingUpdate) return []
  const faults = (['maxUnavailable', 'maxSurge'] as const)
    .filter(name => !isCountOrPercent(rollingUpdate[name]))
    .map(name =>
      invalid(
        `spec.strategy.rollingUpdate.${name}`,
        rollingUpdate[name],
        "must be an integer or percentage (e.g '5%%')",
      ),
    )
  const percent = /^(\d+)%$/.exec(String(rollingUpdate.maxUnavailable))?.[1]
  if (percent && Number(percent) > 100)
    faults.push(
      invalid(
        'spec.strategy.rollingUpdate.maxUnavailable',
        rollingUpdate.maxUnavailable,
        'must not be greater than 100%',
      ),
    )
  const isZero = (value: number | string) => value === 0 || value === '0%'
  if (isZero(rollingUpdate.maxSurge) && isZero(rollingUpdate.maxUnavailable))
    faults.push(
      invalid(
        'spec.strategy.rollingUpdate.maxUnavailable',
        rollingUpdate.maxUnavailable,
        'may not be 0 when `maxSurge` is 0',
      ),
    )
  if ((spec.progressDeadlineSeconds ?? 0) <= (spec.minReadySeconds ?? 0))
    faults.push(
      invalid(
        'spec.progressDeadlineSeconds',
        spec.progressDeadlineSeconds,
        'must be greater than minReadySeconds',
      ),
    )
  return faults
}

function isCountOrPercent(value: number | string): boolean {
  return typeof value === 'number' ? Number.isInteger(value) && value >= 0 : /^\d+%$/.test(value)
}
