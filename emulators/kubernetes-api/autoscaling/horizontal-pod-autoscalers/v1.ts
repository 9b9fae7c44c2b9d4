import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import type { VersionConversion } from '../../meta/version-conversion.ts'
import { type HorizontalPodAutoscaler, horizontalPodAutoscalers } from './kind.ts'

const kind: ResourceKind = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  isNamespaced: true,
  subresources: ['status'],
  model: 'V1HorizontalPodAutoscaler',
  columns: columnsOf([
    { name: 'Reference', read: scaler => targetText(toStorage(scaler) as HorizontalPodAutoscaler) },
    {
      name: 'MaxPods',
      type: 'integer',
      read: scaler => (scaler.spec as { maxReplicas: number }).maxReplicas,
    },
  ]),
}

/** Autoscalers as autoscaling/v1 shows them: one CPU target, no other metrics. */
export const horizontalPodAutoscalersV1: VersionConversion = {
  kind,
  storageKind: horizontalPodAutoscalers as ResourceKind,
  fromStorage,
  toStorage,
}

function targetText({ spec }: HorizontalPodAutoscaler): string {
  return `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`
}

function fromStorage(stored: KubeObject): KubeObject {
  const { spec, status, ...object } = stored as HorizontalPodAutoscaler
  const { metrics, behavior: _, ...others } = spec
  const { currentMetrics, conditions: __, ...counts } = status
  const cpu = metrics?.find(metric => metric.resource?.name === 'cpu')?.resource?.target.averageUtilization
  const current = currentMetrics?.find(metric => metric.resource?.name === 'cpu')?.resource?.current
    .averageUtilization
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    spec: { ...others, ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu }) },
    status: {
      ...counts,
      currentReplicas: counts.currentReplicas ?? 0,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  }
}

function toStorage(object: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage, ...spec } = (object.spec ?? {}) as {
    targetCPUUtilizationPercentage?: number
  }
  const target = { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage }
  const metrics = targetCPUUtilizationPercentage
    ? { metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] }
    : {}
  return { ...object, apiVersion: 'autoscaling/v2', spec: { ...spec, ...metrics } }
}
