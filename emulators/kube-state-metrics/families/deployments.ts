import type { Deployment } from '@goalixa/emulators-shared/kubernetes/objects'
import { conditionSamples, family, labelLabels, seconds } from '../family.ts'

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/deployment-metrics.md */
export const deploymentFamilies = [
  simple('kube_deployment_created', ({ metadata }) => seconds(metadata.creationTimestamp)),
  family<Deployment>('kube_deployment_labels', deployment => [
    [{ ...of(deployment), ...labelLabels(deployment.metadata.labels) }, 1],
  ]),
  simple('kube_deployment_metadata_generation', ({ metadata }) => metadata.generation),
  simple('kube_deployment_spec_replicas', ({ spec }) => spec?.replicas ?? 1),
  simple('kube_deployment_spec_paused', ({ spec }) => Number(spec?.paused ?? false)),
  simple('kube_deployment_spec_strategy_rollingupdate_max_unavailable', ({ spec }) =>
    portion(spec?.strategy?.rollingUpdate?.maxUnavailable, spec?.replicas ?? 1, Math.floor),
  ),
  simple('kube_deployment_spec_strategy_rollingupdate_max_surge', ({ spec }) =>
    portion(spec?.strategy?.rollingUpdate?.maxSurge, spec?.replicas ?? 1, Math.ceil),
  ),
  simple('kube_deployment_status_observed_generation', ({ status }) => status?.observedGeneration ?? 0),
  simple('kube_deployment_status_replicas', ({ status }) => status?.replicas ?? 0),
  simple('kube_deployment_status_replicas_available', ({ status }) => status?.availableReplicas ?? 0),
  simple('kube_deployment_status_replicas_ready', ({ status }) => status?.readyReplicas ?? 0),
  simple('kube_deployment_status_replicas_unavailable', ({ status }) => status?.unavailableReplicas ?? 0),
  simple('kube_deployment_status_replicas_updated', ({ status }) => status?.updatedReplicas ?? 0),
  family<Deployment>('kube_deployment_status_condition', deployment =>
    conditionSamples(of(deployment), deployment.status?.conditions, ({ reason }) => ({ reason })),
  ),
]

function simple(name: string, value: (deployment: Deployment) => number | undefined) {
  return family<Deployment>(name, deployment => [[of(deployment), value(deployment)]])
}

function of({ metadata }: Deployment) {
  return { namespace: metadata.namespace, deployment: metadata.name }
}

function portion(value: string | number | undefined, replicas: number, round: (value: number) => number) {
  if (value === undefined || typeof value === 'number') return value
  return round((Number.parseFloat(value) / 100) * replicas)
}
