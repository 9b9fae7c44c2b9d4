import { z } from 'zod'

const KINDS = {
  ConfigMap: ['v1', 'configmaps'],
  ControllerRevision: ['apps/v1', 'controllerrevisions'],
  CronJob: ['batch/v1', 'cronjobs'],
  DaemonSet: ['apps/v1', 'daemonsets'],
  Deployment: ['apps/v1', 'deployments'],
  Endpoints: ['v1', 'endpoints'],
  EndpointSlice: ['discovery.k8s.io/v1', 'endpointslices'],
  Event: ['v1', 'events'],
  HorizontalPodAutoscaler: ['autoscaling/v2', 'horizontalpodautoscalers'],
  Ingress: ['networking.k8s.io/v1', 'ingresses'],
  Job: ['batch/v1', 'jobs'],
  Lease: ['coordination.k8s.io/v1', 'leases'],
  LimitRange: ['v1', 'limitranges'],
  Namespace: ['v1', 'namespaces'],
  NetworkPolicy: ['networking.k8s.io/v1', 'networkpolicies'],
  Node: ['v1', 'nodes'],
  PersistentVolume: ['v1', 'persistentvolumes'],
  PersistentVolumeClaim: ['v1', 'persistentvolumeclaims'],
  Pod: ['v1', 'pods'],
  PodDisruptionBudget: ['policy/v1', 'poddisruptionbudgets'],
  ReplicaSet: ['apps/v1', 'replicasets'],
  ResourceQuota: ['v1', 'resourcequotas'],
  Role: ['rbac.authorization.k8s.io/v1', 'roles'],
  RoleBinding: ['rbac.authorization.k8s.io/v1', 'rolebindings'],
  Secret: ['v1', 'secrets'],
  Service: ['v1', 'services'],
  ServiceAccount: ['v1', 'serviceaccounts'],
  StatefulSet: ['apps/v1', 'statefulsets'],
  StorageClass: ['storage.k8s.io/v1', 'storageclasses'],
} as const satisfies Record<string, readonly [string, string]>

const CLUSTER_SCOPED: ReadonlySet<string> = new Set(['Namespace', 'Node', 'PersistentVolume', 'StorageClass'])

/** A kind of object that Syntra reads. */
export const Kind = z.enum(Object.keys(KINDS) as [keyof typeof KINDS, ...(keyof typeof KINDS)[]])
export type Kind = z.infer<typeof Kind>

/** The group and version that a kind is read in, for example `apps/v1`. */
export function apiVersionOf(kind: Kind): string {
  return KINDS[kind][0]
}

/** The API group (empty for the core) and the plural under which RBAC knows a kind. */
export function resourceOf(kind: Kind): [group: string, resource: string] {
  const [apiVersion, plural] = KINDS[kind]
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : []
  return [group, plural]
}

/** Whether a kind is cluster-scoped. */
export function isClusterScoped(kind: Kind): boolean {
  return CLUSTER_SCOPED.has(kind)
}

/** The path of a kind's collection, or of one object, in the Kubernetes API. */
export function pathOf(kind: Kind, namespace: string | null, name?: string): string {
  const [apiVersion, plural] = KINDS[kind]
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`
  const scope =
    isClusterScoped(kind) || namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${root}${scope}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`
}
