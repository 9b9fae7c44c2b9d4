import { deployments } from '../../apps/deployments/kind.ts'
import { replicaSets } from '../../apps/replica-sets/kind.ts'
import { statefulSets } from '../../apps/stateful-sets/kind.ts'
import type { Workload } from '../../apps/workload.ts'
import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import type { WorkQueue } from '../../controllers/work-queue.ts'
import { pods } from '../../core/pods/kind.ts'
import type { Pod } from '../../core/pods/pod.ts'
import { isPodActive } from '../../core/pods/readiness.ts'
import { setCondition } from '../../meta/conditions.ts'
import type { Condition } from '../../meta/kube-object.ts'
import { matchesSelector } from '../../meta/label-selector.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { readResourceMetrics } from '../../metrics/read-resource-metrics.ts'
import { toTime } from '../../registry/clock.ts'
import { type HorizontalPodAutoscaler, horizontalPodAutoscalers, type MetricStatus } from './kind.ts'
import { measure } from './measure.ts'

/** Milliseconds between evaluations: the default horizontal-pod-autoscaler-sync-period. */
const PERIOD_MS = 15_000
/** Relative changes smaller than this are ignored. Source: the default tolerance of the autoscaler. */
const TOLERANCE = 0.1
const STABILIZATION_SECONDS = 300

const TARGETS: Record<string, ResourceKind> = {
  Deployment: deployments as ResourceKind,
  ReplicaSet: replicaSets as ResourceKind,
  StatefulSet: statefulSets as ResourceKind,
}

/** Scales workloads by the CPU and memory usage of their pods. Other metric types are reported as unsupported. */
export function runAutoscalerController(context: Context): Running {
  const recommendations = new Map<string, { atMs: number; replicas: number }[]>()
  return runController({
    name: 'horizontal-pod-autoscaler',
    context,
    interests: [
      on(horizontalPodAutoscalers, (scaler, { type, previous }) =>
        type === 'MODIFIED' && JSON.stringify(previous?.spec) === JSON.stringify(scaler.spec)
          ? []
          : [keyOf(scaler)],
      ),
    ],
    reconcile: (key, queue) => reconcile(context, recommendations, key, queue),
  })
}

async function reconcile(
  context: Context,
  recommendations: Map<string, { atMs: number; replicas: number }[]>,
  key: string,
  queue: WorkQueue,
) {
  const { cluster, recordEvent } = context
  const { namespace, name } = parseKey(key)
  const scaler = cluster.find(horizontalPodAutoscalers, namespace, name)
  if (!scaler) {
    recommendations.delete(key)
    return
  }
  queue.addAfter(key, PERIOD_MS)
  const { scaleTargetRef, minReplicas, maxReplicas } = scaler.spec
  const kind = TARGETS[scaleTargetRef.kind]
  const target = kind && (cluster.find(kind, namespace, scaleTargetRef.name) as Workload | undefined)
  if (!kind || !target) {
    const message = `the HPA controller was unable to get the target's current scale: ${scaleTargetRef.kind.toLowerCase()}s.apps "${scaleTargetRef.name}" not found`
    recordEvent(scaler, 'Warning', 'FailedGetScale', message)
    return writeStatus(context, scaler, {
      current: 0,
      desired: 0,
      metrics: [],
      conditions: [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }],
    })
  }
  const current = target.spec.replicas ?? 1
  if (current === 0)
    return writeStatus(context, scaler, {
      current,
      desired: 0,
      metrics: [],
      conditions: [
        {
          type: 'ScalingActive',
          status: 'False',
          reason: 'ScalingDisabled',
          message: 'scaling is disabled since the replica count of the target is zero',
        },
      ],
    })
  const matching = cluster
    .list(pods, namespace)
    .filter((pod: Pod) => matchesSelector(target.spec.selector, pod.metadata.labels) && isPodActive(pod))
  const usages = await readResourceMetrics(cluster)
  const measured = measure(scaler.spec.metrics ?? [], matching, usages.pods)
  const ratio = Math.max(...measured.ratios)
  const isReadable = measured.ratios.length > 0
  if (!isReadable) recordEvent(scaler, 'Warning', 'FailedGetResourceMetric', measured.problem)
  const isSteady = !isReadable || Math.abs(ratio - 1) <= TOLERANCE
  const recommended = isSteady ? current : Math.ceil(ratio * measured.podCount)
  const bounded = Math.min(maxReplicas, Math.max(minReplicas, recommended))
  const desired = stabilised(recommendations, key, bounded, current, scaler, cluster.now())
  if (desired !== current) {
    cluster.mutate(kind, target, draft => {
      ;(draft as Workload).spec.replicas = desired
    })
    recordEvent(
      scaler,
      'Normal',
      'SuccessfulRescale',
      `New size: ${desired}; reason: ${desired > current ? `${measured.leading} resource utilization (percentage of request) above target` : 'All metrics below target'}`,
    )
  }
  writeStatus(context, scaler, {
    current,
    desired,
    metrics: measured.metrics,
    conditions: [
      {
        type: 'AbleToScale',
        status: 'True',
        reason: desired === current ? 'ReadyForNewScale' : 'SucceededRescale',
        message:
          desired === current
            ? 'recommended size matches current size'
            : `the HPA controller was able to update the target scale to ${desired}`,
      },
      isReadable
        ? {
            type: 'ScalingActive',
            status: 'True',
            reason: 'ValidMetricFound',
            message: `the HPA was able to successfully calculate a replica count from ${measured.leading} resource utilization (percentage of request)`,
          }
        : {
            type: 'ScalingActive',
            status: 'False',
            reason: 'FailedGetResourceMetric',
            message: `the HPA was unable to compute the replica count: ${measured.problem}`,
          },
      limitCondition(recommended, minReplicas, maxReplicas),
    ],
    isRescaled: desired !== current,
  })
}

// Scaling down uses the highest recommendation of the stabilisation window; scaling up is immediate.
function stabilised(
  recommendations: Map<string, { atMs: number; replicas: number }[]>,
  key: string,
  recommended: number,
  current: number,
  { spec }: HorizontalPodAutoscaler,
  now: Date,
): number {
  const windowMs = (spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? STABILIZATION_SECONDS) * 1000
  const atMs = now.getTime()
  const recent = [
    ...(recommendations.get(key) ?? [{ atMs, replicas: current }]),
    { atMs, replicas: recommended },
  ].filter(recommendation => recommendation.atMs >= atMs - windowMs)
  recommendations.set(key, recent)
  const highest = Math.max(...recent.map(recommendation => recommendation.replicas))
  const lowered = Math.min(current, highest)
  return recommended > current ? recommended : Math.min(spec.maxReplicas, Math.max(spec.minReplicas, lowered))
}

function limitCondition(recommended: number, min: number, max: number): Condition {
  if (recommended > max)
    return {
      type: 'ScalingLimited',
      status: 'True',
      reason: 'TooManyReplicas',
      message: 'the desired replica count is more than the maximum replica count',
    }
  if (recommended < min)
    return {
      type: 'ScalingLimited',
      status: 'True',
      reason: 'TooFewReplicas',
      message: 'the desired replica count is less than the minimum replica count',
    }
  return {
    type: 'ScalingLimited',
    status: 'False',
    reason: 'DesiredWithinRange',
    message: 'the desired count is within the acceptable range',
  }
}

type Result = {
  current: number
  desired: number
  metrics: MetricStatus[]
  conditions: Condition[]
  isRescaled?: boolean
}

function writeStatus(
  { cluster }: Context,
  scaler: HorizontalPodAutoscaler,
  { current, desired, metrics, conditions, isRescaled }: Result,
) {
  const time = toTime(cluster.now())
  cluster.mutate(
    horizontalPodAutoscalers,
    scaler,
    draft => {
      draft.status = {
        ...draft.status,
        currentReplicas: current,
        desiredReplicas: desired,
        currentMetrics: metrics.length > 0 ? metrics : null,
        conditions: conditions.reduce(
          (all, recommendation) => setCondition(all, recommendation, time),
          draft.status.conditions ?? [],
        ),
        ...(isRescaled ? { lastScaleTime: time } : {}),
      }
    },
    { subresource: 'status' },
  )
}
