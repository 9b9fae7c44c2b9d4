import { configMaps, secrets } from './config.ts'
import { daemonSets } from './daemon-sets.ts'
import { deployments } from './deployments.ts'
import { endpointSlices } from './endpoint-slices.ts'
import { events } from './events.ts'
import { horizontalPodAutoscalers } from './horizontal-pod-autoscalers.ts'
import { cronJobs, jobs } from './jobs.ts'
import { leases } from './leases.ts'
import { namespaces } from './namespaces.ts'
import { ingressClasses, ingresses, networkPolicies } from './networking.ts'
import { nodes } from './nodes.ts'
import { podDisruptionBudgets } from './pod-disruption-budgets.ts'
import { pods } from './pods.ts'
import { priorityClasses } from './priority-classes.ts'
import { limitRanges, resourceQuotas } from './quotas.ts'
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from './rbac.ts'
import { replicaSets } from './replica-sets.ts'
import type { ResourceKind } from './resource-kind.ts'
import { serviceAccounts } from './service-accounts.ts'
import { endpoints, services } from './services.ts'
import { controllerRevisions, statefulSets } from './stateful-sets.ts'
import { persistentVolumeClaims, persistentVolumes, storageClasses } from './storage.ts'
import { VIEWS } from './views.ts'

/** Every kind the server keeps. */
export const KINDS: ResourceKind[] = [
  configMaps,
  endpoints,
  events,
  limitRanges,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  resourceQuotas,
  secrets,
  serviceAccounts,
  services,
  controllerRevisions,
  daemonSets,
  deployments,
  replicaSets,
  statefulSets,
  horizontalPodAutoscalers,
  cronJobs,
  jobs,
  leases,
  endpointSlices,
  ingressClasses,
  ingresses,
  networkPolicies,
  podDisruptionBudgets,
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  priorityClasses,
  storageClasses,
]

/** Every kind that can be asked for: those that are kept, and other versions of them. */
export const SERVED: ResourceKind[] = [...KINDS, ...VIEWS.map(view => view.kind)]

/** The kind behind a path such as /apis/apps/v1/…/deployments. */
export function kindByPlural(group: string, version: string, plural: string): ResourceKind | undefined {
  return SERVED.find(kind => kind.group === group && kind.version === version && kind.plural === plural)
}

/** The kind an owner reference or a document names. */
export function kindByName(apiVersion: string, name: string): ResourceKind | undefined {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  return KINDS.find(kind => kind.kind === name && kind.group === group && kind.version === version)
}
