import { columnsOf } from '../../meta/columns.ts'
import { invalid, required } from '../../meta/field-error.ts'
import type { Condition, KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type MetricTarget = {
  type: string
  averageUtilization?: number
  averageValue?: string
  value?: string
}
export type MetricSpec = {
  type: string
  resource?: { name: string; target: MetricTarget }
  [source: string]: unknown
}
export type MetricStatus = {
  type: string
  resource?: { name: string; current: { averageUtilization?: number; averageValue?: string } }
}
export type HorizontalPodAutoscaler = KubeObject & {
  spec: {
    scaleTargetRef: { kind: string; name: string; apiVersion?: string }
    minReplicas: number
    maxReplicas: number
    metrics?: MetricSpec[]
    behavior?: {
      scaleDown?: { stabilizationWindowSeconds?: number }
      scaleUp?: { stabilizationWindowSeconds?: number }
    }
  }
  status: {
    currentReplicas?: number
    desiredReplicas: number
    currentMetrics?: MetricStatus[] | null
    conditions?: Condition[]
    lastScaleTime?: string
    observedGeneration?: number
  }
}

export const horizontalPodAutoscalers: ResourceKind<HorizontalPodAutoscaler> = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  isNamespaced: true,
  subresources: ['status'],
  model: 'V2HorizontalPodAutoscaler',
  columns: columnsOf<HorizontalPodAutoscaler>([
    { name: 'Reference', read: ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}` },
    { name: 'Targets', read: targetsText },
    { name: 'MinPods', read: ({ spec }) => String(spec.minReplicas) },
    { name: 'MaxPods', type: 'integer', read: ({ spec }) => spec.maxReplicas },
    { name: 'Replicas', type: 'integer', read: ({ status }) => status.currentReplicas ?? 0 },
  ]),
  setDefaults(scaler, previous) {
    if (!scaler.spec) return
    scaler.spec.minReplicas ??= 1
    scaler.spec.metrics ??= [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
    ]
    if (!previous) scaler.status = { desiredReplicas: 0, currentMetrics: null }
  },
  validate: ({ spec }) => [
    ...(spec?.scaleTargetRef?.kind ? [] : [required('spec.scaleTargetRef.kind')]),
    ...(spec?.scaleTargetRef?.name ? [] : [required('spec.scaleTargetRef.name')]),
    ...(spec?.maxReplicas > 0
      ? []
      : [invalid('spec.maxReplicas', spec?.maxReplicas ?? 0, 'must be greater than 0')]),
    ...(spec?.maxReplicas < spec?.minReplicas
      ? [invalid('spec.maxReplicas', spec.maxReplicas, 'must be greater than or equal to `minReplicas`')]
      : []),
  ],
}

function targetsText({ spec, status }: HorizontalPodAutoscaler): string {
  const texts = (spec.metrics ?? []).map(({ resource }) => {
    if (!resource) return '<unknown>'
    const current = status.currentMetrics?.find(metric => metric.resource?.name === resource.name)?.resource
      ?.current
    return resource.target.averageUtilization === undefined
      ? `${resource.name}: ${current?.averageValue ?? '<unknown>'}/${resource.target.averageValue}`
      : `${resource.name}: ${current?.averageUtilization === undefined ? '<unknown>' : `${current.averageUtilization}%`}/${resource.target.averageUtilization}%`
  })
  return texts.join(', ') || '<none>'
}
