import type { Health } from '../applications/application.ts'
import { groupOf, type KubeObject } from '../cluster/kube-object.ts'
import { autoscalerHealth } from './autoscaler-health.ts'
import { jobHealth } from './job-health.ts'
import { claimHealth, ingressHealth, serviceHealth } from './network-health.ts'
import { podHealth } from './pod-health.ts'
import { daemonSetHealth, deploymentHealth, replicaSetHealth, statefulSetHealth } from './workload-health.ts'

type Check = (object: KubeObject) => Health

const CHECKS: Record<string, Check> = {
  'apps/Deployment': deploymentHealth,
  'apps/StatefulSet': statefulSetHealth,
  'apps/DaemonSet': daemonSetHealth,
  'apps/ReplicaSet': replicaSetHealth,
  '/Pod': podHealth,
  '/Service': serviceHealth,
  '/PersistentVolumeClaim': claimHealth,
  'networking.k8s.io/Ingress': ingressHealth,
  'batch/Job': jobHealth,
  'autoscaling/HorizontalPodAutoscaler': autoscalerHealth,
}

/**
 * Assesses the health of an object by Argo CD's built-in checks; null for kinds without one. Source: gitops-engine
 * `pkg/health`.
 */
export function assessHealth(object: KubeObject): Health | null {
  if (object.metadata.deletionTimestamp) return { status: 'Progressing', message: 'Pending deletion' }
  return CHECKS[`${groupOf(object.apiVersion)}/${object.kind}`]?.(object) ?? null
}
