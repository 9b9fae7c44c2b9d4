import { controllerRevisions } from './apps/controller-revisions/kind.ts'
import { runDaemonSetController } from './apps/daemon-sets/controller.ts'
import { daemonSets } from './apps/daemon-sets/kind.ts'
import { runDeploymentController } from './apps/deployments/controller.ts'
import { deployments } from './apps/deployments/kind.ts'
import { runReplicaSetController } from './apps/replica-sets/controller.ts'
import { replicaSets } from './apps/replica-sets/kind.ts'
import { runStatefulSetController } from './apps/stateful-sets/controller.ts'
import { statefulSets } from './apps/stateful-sets/kind.ts'
import { runAutoscalerController } from './autoscaling/horizontal-pod-autoscalers/controller.ts'
import { horizontalPodAutoscalers } from './autoscaling/horizontal-pod-autoscalers/kind.ts'
import { horizontalPodAutoscalersV1 } from './autoscaling/horizontal-pod-autoscalers/v1.ts'
import { runCronJobController } from './batch/cron-jobs/controller.ts'
import { cronJobs } from './batch/cron-jobs/kind.ts'
import { runJobController } from './batch/jobs/controller.ts'
import { jobs } from './batch/jobs/kind.ts'
import type { RunController } from './controllers/controller.ts'
import { leases } from './coordination/leases/kind.ts'
import { configMaps } from './core/config-maps/kind.ts'
import { runEndpointsController } from './core/endpoints/controller.ts'
import { endpoints } from './core/endpoints/kind.ts'
import { runEventTtl } from './core/events/controller.ts'
import { eventsV1 } from './core/events/events-v1.ts'
import { events } from './core/events/kind.ts'
import { limitRanges } from './core/limit-ranges/kind.ts'
import { runNamespaceController } from './core/namespaces/controller.ts'
import { namespaces } from './core/namespaces/kind.ts'
import { runNodeController } from './core/nodes/controller.ts'
import { nodes } from './core/nodes/kind.ts'
import { runVolumeController } from './core/persistent-volume-claims/controller.ts'
import { persistentVolumeClaims } from './core/persistent-volume-claims/kind.ts'
import { persistentVolumes } from './core/persistent-volumes/kind.ts'
import { pods } from './core/pods/kind.ts'
import { runScheduler } from './core/pods/scheduler.ts'
import { runQuotaController } from './core/resource-quotas/controller.ts'
import { resourceQuotas } from './core/resource-quotas/kind.ts'
import { secrets } from './core/secrets/kind.ts'
import { serviceAccounts } from './core/service-accounts/kind.ts'
import { services } from './core/services/kind.ts'
import { endpointSlices } from './discovery/endpoint-slices/kind.ts'
import type { ResourceKind } from './meta/resource-kind.ts'
import type { VersionConversion } from './meta/version-conversion.ts'
import { ingressClasses } from './networking/ingress-classes/kind.ts'
import { ingresses } from './networking/ingresses/kind.ts'
import { networkPolicies } from './networking/network-policies/kind.ts'
import { runDisruptionController } from './policy/pod-disruption-budgets/controller.ts'
import { podDisruptionBudgets } from './policy/pod-disruption-budgets/kind.ts'
import { clusterRoleBindings, roleBindings } from './rbac/role-bindings/kind.ts'
import { clusterRoles, roles } from './rbac/roles/kind.ts'
import { priorityClasses } from './scheduling/priority-classes/kind.ts'
import { storageClasses } from './storage/storage-classes/kind.ts'

type Registration = {
  kind: ResourceKind
  /** The controllers of the kind, by the component name in their events. */
  controllers?: Record<string, RunController>
  /** Versions other than the storage version. */
  otherVersions?: VersionConversion[]
}

// To add a kind: a folder below its API group, and a row here. Discovery, tables, OpenAPI and garbage collection
// follow.
const REGISTRATIONS: Registration[] = [
  { kind: configMaps },
  { kind: endpoints, controllers: { 'endpoint-controller': runEndpointsController } },
  { kind: events, controllers: { 'event-ttl': runEventTtl }, otherVersions: [eventsV1] },
  { kind: limitRanges },
  { kind: namespaces, controllers: { 'namespace-controller': runNamespaceController } },
  { kind: nodes, controllers: { 'node-controller': runNodeController } },
  { kind: persistentVolumeClaims, controllers: { 'persistentvolume-controller': runVolumeController } },
  { kind: persistentVolumes },
  { kind: pods, controllers: { 'default-scheduler': runScheduler } },
  { kind: resourceQuotas, controllers: { 'resourcequota-controller': runQuotaController } },
  { kind: secrets },
  { kind: serviceAccounts },
  { kind: services },
  { kind: controllerRevisions },
  { kind: daemonSets, controllers: { 'daemonset-controller': runDaemonSetController } },
  { kind: deployments, controllers: { 'deployment-controller': runDeploymentController } },
  { kind: replicaSets, controllers: { 'replicaset-controller': runReplicaSetController } },
  { kind: statefulSets, controllers: { 'statefulset-controller': runStatefulSetController } },
  {
    kind: horizontalPodAutoscalers,
    controllers: { 'horizontal-pod-autoscaler': runAutoscalerController },
    otherVersions: [horizontalPodAutoscalersV1],
  },
  { kind: cronJobs, controllers: { 'cronjob-controller': runCronJobController } },
  { kind: jobs, controllers: { 'job-controller': runJobController } },
  { kind: leases },
  { kind: endpointSlices },
  { kind: ingressClasses },
  { kind: ingresses },
  { kind: networkPolicies },
  { kind: podDisruptionBudgets, controllers: { disruption: runDisruptionController } },
  { kind: clusterRoleBindings },
  { kind: clusterRoles },
  { kind: roleBindings },
  { kind: roles },
  { kind: priorityClasses },
  { kind: storageClasses },
]

/** Every stored kind, in its storage version. */
export const KINDS: ResourceKind[] = REGISTRATIONS.map(({ kind }) => kind)

/** The conversions to the other versions of stored kinds. */
export const CONVERSIONS: VersionConversion[] = REGISTRATIONS.flatMap(
  ({ otherVersions = [] }) => otherVersions,
)

/** Every kind in every served version; the storage version of a kind comes first. */
export const SERVED: ResourceKind[] = [...KINDS, ...CONVERSIONS.map(({ kind }) => kind)]

/** The controllers of all kinds, by component name. */
export const CONTROLLERS: Record<string, RunController> = Object.assign(
  {},
  ...REGISTRATIONS.map(({ controllers }) => controllers),
)

/** Finds the kind of a path such as /apis/apps/v1/…/deployments. */
export function kindByPlural(group: string, version: string, plural: string): ResourceKind | undefined {
  return SERVED.find(kind => kind.group === group && kind.version === version && kind.plural === plural)
}
