import { ageOf, columnsOf } from './columns.ts'
import { type Event, events, lastSeenOf } from './events.ts'
import { type HorizontalPodAutoscaler, horizontalPodAutoscalers } from './horizontal-pod-autoscalers.ts'
import type { KubeObject } from './kube-object.ts'
import type { ResourceKind } from './resource-kind.ts'

/** A kind that is stored as another one and only looks different, as other versions of an API do. */
export type View = {
  kind: ResourceKind
  storedAs: ResourceKind
  toView(stored: KubeObject): KubeObject
  toStored(seen: KubeObject): KubeObject
}

const eventsV1: ResourceKind = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  isNamespaced: true,
  model: 'EventsV1Event',
  columns: [
    { name: 'Last Seen', read: (event, now) => ageOf(lastSeenOf(eventToStored(event) as Event), now) },
    { name: 'Type', read: event => String(event.type ?? '') },
    { name: 'Reason', read: event => String(event.reason ?? '') },
    { name: 'Object', read: event => objectText(eventToStored(event) as Event) },
    { name: 'Message', read: event => String(event.note ?? '') },
  ],
  fields: event => {
    const stored = events.fields?.(eventToStored(event) as Event) ?? {}
    return Object.fromEntries(
      Object.entries(stored).map(([key, value]) => [key.replace('involvedObject.', 'regarding.'), value]),
    )
  },
}

const autoscalersV1: ResourceKind = {
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
    { name: 'Reference', read: scaler => targetText(autoscalerToStored(scaler) as HorizontalPodAutoscaler) },
    {
      name: 'MaxPods',
      type: 'integer',
      read: scaler => (scaler.spec as { maxReplicas: number }).maxReplicas,
    },
  ]),
}

/** Every other way to see a stored kind. */
export const VIEWS: View[] = [
  { kind: eventsV1, storedAs: events as ResourceKind, toView: eventToView, toStored: eventToStored },
  {
    kind: autoscalersV1,
    storedAs: horizontalPodAutoscalers as ResourceKind,
    toView: autoscalerToView,
    toStored: autoscalerToStored,
  },
]

function objectText({ involvedObject }: Event): string {
  return `${(involvedObject?.kind ?? '').toLowerCase()}/${involvedObject?.name ?? ''}`
}

function targetText({ spec }: HorizontalPodAutoscaler): string {
  return `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`
}

// The fields that have another name in events.k8s.io/v1.
const EVENT_NAMES = {
  message: 'note',
  involvedObject: 'regarding',
  reportingComponent: 'reportingController',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
} as const
const STORED_NAMES = Object.fromEntries(Object.entries(EVENT_NAMES).map(([stored, seen]) => [seen, stored]))

function eventToView(event: KubeObject): KubeObject {
  return { ...renamed(event, EVENT_NAMES), apiVersion: 'events.k8s.io/v1' }
}

function eventToStored(event: KubeObject): KubeObject {
  return { ...renamed(event, STORED_NAMES), apiVersion: 'v1' }
}

function renamed(object: KubeObject, names: Record<string, string>): KubeObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [names[key] ?? key, value]),
  ) as KubeObject
}

function autoscalerToView(stored: KubeObject): KubeObject {
  const { spec, status, ...object } = stored as HorizontalPodAutoscaler
  const { metrics, behavior: _, ...others } = spec
  const { currentMetrics, conditions: __, ...counts } = status
  const cpu = metrics?.find(one => one.resource?.name === 'cpu')?.resource?.target.averageUtilization
  const current = currentMetrics?.find(one => one.resource?.name === 'cpu')?.resource?.current
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

function autoscalerToStored(seen: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage, ...spec } = (seen.spec ?? {}) as {
    targetCPUUtilizationPercentage?: number
  }
  const target = { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage }
  const metrics = targetCPUUtilizationPercentage
    ? { metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] }
    : {}
  return { ...seen, apiVersion: 'autoscaling/v2', spec: { ...spec, ...metrics } }
}
