import type { KubeObject } from '../cluster/kube-object.ts'
import { waveOf } from '../compare/annotations.ts'

// Dependencies come first. Source: gitops-engine `pkg/sync/sync_tasks.go`.
const KINDS = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
]

/** Sorts objects in the order in which they are applied: by wave, then kind, then name. Unlisted kinds come last. */
export function sortForSync(objects: KubeObject[]): KubeObject[] {
  return objects.toSorted(
    (a, b) =>
      waveOf(a) - waveOf(b) || rankOf(a) - rankOf(b) || a.metadata.name.localeCompare(b.metadata.name),
  )
}

/** Groups the sorted objects by wave. */
export function groupByWave(objects: KubeObject[]): KubeObject[][] {
  return [...Map.groupBy(sortForSync(objects), waveOf).values()]
}

function rankOf({ kind }: KubeObject): number {
  const rank = KINDS.indexOf(kind)
  return rank === -1 ? KINDS.length : rank
}
