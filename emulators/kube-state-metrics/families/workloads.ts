import type {
  HorizontalPodAutoscaler,
  Job,
  ReplicaSet,
  StatefulSet,
} from '@goalixa/emulators-shared/kubernetes/objects'
import { conditionSamples, type Family, family, labelLabels, seconds } from '../family.ts'

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/replicaset-metrics.md */
export const replicaSetFamilies: Family<ReplicaSet>[] = [
  family('kube_replicaset_created', set => [[ofSet(set), seconds(set.metadata.creationTimestamp)]]),
  family('kube_replicaset_labels', set => [[{ ...ofSet(set), ...labelLabels(set.metadata.labels) }, 1]]),
  family('kube_replicaset_owner', set =>
    (set.metadata.ownerReferences ?? []).map(owner => [
      {
        ...ofSet(set),
        owner_kind: owner.kind,
        owner_name: owner.name,
        owner_is_controller: String(owner.controller ?? false),
      },
      1,
    ]),
  ),
  family('kube_replicaset_spec_replicas', set => [[ofSet(set), set.spec?.replicas ?? 1]]),
  family('kube_replicaset_status_replicas', set => [[ofSet(set), set.status?.replicas ?? 0]]),
  family('kube_replicaset_status_ready_replicas', set => [[ofSet(set), set.status?.readyReplicas ?? 0]]),
]

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/statefulset-metrics.md */
export const statefulSetFamilies: Family<StatefulSet>[] = [
  family('kube_statefulset_created', set => [[ofStateful(set), seconds(set.metadata.creationTimestamp)]]),
  family('kube_statefulset_labels', set => [
    [{ ...ofStateful(set), ...labelLabels(set.metadata.labels) }, 1],
  ]),
  family('kube_statefulset_replicas', set => [[ofStateful(set), set.spec?.replicas ?? 1]]),
  family('kube_statefulset_metadata_generation', set => [[ofStateful(set), set.metadata.generation]]),
  family('kube_statefulset_status_observed_generation', set => [
    [ofStateful(set), set.status?.observedGeneration ?? 0],
  ]),
  family('kube_statefulset_status_replicas', set => [[ofStateful(set), set.status?.replicas ?? 0]]),
  family('kube_statefulset_status_replicas_ready', set => [
    [ofStateful(set), set.status?.readyReplicas ?? 0],
  ]),
  family('kube_statefulset_status_replicas_available', set => [
    [ofStateful(set), set.status?.availableReplicas ?? 0],
  ]),
  family('kube_statefulset_status_replicas_updated', set => [
    [ofStateful(set), set.status?.updatedReplicas ?? 0],
  ]),
]

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/job-metrics.md */
export const jobFamilies: Family<Job>[] = [
  family('kube_job_info', job => [[ofJob(job), 1]]),
  family('kube_job_created', job => [[ofJob(job), seconds(job.metadata.creationTimestamp)]]),
  family('kube_job_labels', job => [[{ ...ofJob(job), ...labelLabels(job.metadata.labels) }, 1]]),
  family('kube_job_spec_completions', job => [[ofJob(job), job.spec?.completions]]),
  family('kube_job_status_active', job => [[ofJob(job), job.status?.active ?? 0]]),
  family('kube_job_status_succeeded', job => [[ofJob(job), job.status?.succeeded ?? 0]]),
  family('kube_job_status_failed', job => [[ofJob(job), job.status?.failed ?? 0]]),
  family('kube_job_status_start_time', job => [[ofJob(job), seconds(job.status?.startTime)]]),
  family('kube_job_status_completion_time', job => [[ofJob(job), seconds(job.status?.completionTime)]]),
  family('kube_job_complete', job => jobCondition(job, 'Complete')),
  family('kube_job_failed', job => jobCondition(job, 'Failed')),
]

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/horizontalpodautoscaler-metrics.md */
export const autoscalerFamilies: Family<HorizontalPodAutoscaler>[] = [
  family('kube_horizontalpodautoscaler_info', hpa => [
    [
      {
        ...ofAutoscaler(hpa),
        scaletargetref_kind: hpa.spec?.scaleTargetRef.kind,
        scaletargetref_name: hpa.spec?.scaleTargetRef.name,
      },
      1,
    ],
  ]),
  family('kube_horizontalpodautoscaler_spec_min_replicas', hpa => [
    [ofAutoscaler(hpa), hpa.spec?.minReplicas ?? 1],
  ]),
  family('kube_horizontalpodautoscaler_spec_max_replicas', hpa => [
    [ofAutoscaler(hpa), hpa.spec?.maxReplicas],
  ]),
  family('kube_horizontalpodautoscaler_status_current_replicas', hpa => [
    [ofAutoscaler(hpa), hpa.status?.currentReplicas ?? 0],
  ]),
  family('kube_horizontalpodautoscaler_status_desired_replicas', hpa => [
    [ofAutoscaler(hpa), hpa.status?.desiredReplicas ?? 0],
  ]),
  family('kube_horizontalpodautoscaler_status_condition', hpa =>
    conditionSamples(ofAutoscaler(hpa), hpa.status?.conditions),
  ),
]

function ofSet({ metadata }: ReplicaSet) {
  return { namespace: metadata.namespace, replicaset: metadata.name }
}

function ofStateful({ metadata }: StatefulSet) {
  return { namespace: metadata.namespace, statefulset: metadata.name }
}

function ofJob({ metadata }: Job) {
  return { namespace: metadata.namespace, job_name: metadata.name }
}

function ofAutoscaler({ metadata }: HorizontalPodAutoscaler) {
  return { namespace: metadata.namespace, horizontalpodautoscaler: metadata.name }
}

function jobCondition(job: Job, type: string): [Record<string, string>, number][] {
  const found = job.status?.conditions?.find(condition => condition.type === type)
  if (!found) return []
  return ['true', 'false', 'unknown'].map(condition => [
    { ...ofJob(job), condition },
    Number(found.status.toLowerCase() === condition),
  ])
}
