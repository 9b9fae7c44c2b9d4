import {
  conditionLabels,
  isExporter,
  isExporterPod,
  isScrapedFromExporter,
  isScrapedFromNode,
} from './scraped-target.ts'
import type { Subject, SubjectKind } from './subject.ts'
import { topWorkloadOfJob, topWorkloadOfPod, topWorkloadOfReplicaSet } from './top-workload.ts'

type Labels = Readonly<Record<string, string>>

/** Labels that name a cluster, as agents of several vendors and OpenTelemetry write them. */
export const CLUSTER_LABELS = [
  'cluster',
  'k8s_cluster_name',
  'kubernetes_cluster',
  'cluster_name',
  'k8s_cluster',
]

// Labels of the condition: no target has them. What depends on others comes before what it depends on.
const OBJECT_LABELS = [
  ['persistentvolumeclaim', 'PersistentVolumeClaim'],
  ['horizontalpodautoscaler', 'HorizontalPodAutoscaler'],
  ['hpa', 'HorizontalPodAutoscaler'],
  ['poddisruptionbudget', 'PodDisruptionBudget'],
  ['certificate', 'Certificate'],
  ['ingress', 'Ingress'],
  ['cronjob', 'CronJob'],
  ['job_name', 'Job'],
  ['deployment', 'Deployment'],
  ['statefulset', 'StatefulSet'],
  ['daemonset', 'DaemonSet'],
  ['replicaset', 'ReplicaSet'],
] as const satisfies readonly (readonly [string, SubjectKind])[]

// Labels that applications give themselves, and the last by which cAdvisor names a workload's containers.
const SERVICE_LABELS = ['service', 'app_kubernetes_io_name', 'app', 'container']

// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
const SERVICE_ADDRESS = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:[.:/]|$)/
// The name of an APIService is its version and group.
const API_SERVICE = /^v\d+(?:(?:alpha|beta)\d+)?\.[a-z0-9.-]+$/

/**
 * The subject of an alert: an object that only its condition can name, else its pod unless that is the exporter's, else a service that is no
 * exporter, else its node, else the target that was scraped. Labels only: annotations are prose, and alerts are named as people like.
 */
export function subjectOf(given: Labels, clusterLabels: readonly string[] = CLUSTER_LABELS): Subject {
  const labels = conditionLabels(given)
  const found =
    objectOf(labels) ??
    certificateOf(labels) ??
    podOf(labels) ??
    serviceOf(labels) ??
    nodeOf(labels) ??
    clusterScopedOf(labels) ??
    quotaOf(labels) ??
    targetOf(labels) ??
    rest(labels)
  const clusterLabel = clusterLabels.find(name => given[name])
  return {
    namespace: labels.namespace || null,
    container: null,
    workload: null,
    ...found,
    cluster: clusterLabel === undefined ? null : (given[clusterLabel] ?? null),
  }
}

type Found = Pick<Subject, 'kind' | 'name'> & Partial<Subject>

function objectOf(labels: Labels): Found | undefined {
  for (const [label, kind] of OBJECT_LABELS) {
    const name = labels[label]
    if (name) return { kind, name, workload: workloadOf(kind, name) }
  }
  return undefined
}

function workloadOf(kind: SubjectKind, name: string): string | null {
  if (kind === 'Job') return topWorkloadOfJob(name)
  if (kind === 'ReplicaSet') return topWorkloadOfReplicaSet(name)
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'].includes(kind) ? name : null
}

// cert-manager's metrics call the Certificate `name`, beside the issuer that only certificates have.
function certificateOf({ name, issuer_name }: Labels): Found | undefined {
  return name && issuer_name ? { kind: 'Certificate', name } : undefined
}

function podOf(labels: Labels): Found | undefined {
  const { pod, container, service } = labels
  if (!pod || isExporterPod(labels)) return undefined
  // The Service behind which the pod was scraped is known; its owner is only guessed by name.
  const scrapedBehind = isScrapedFromExporter(labels) ? undefined : service
  return {
    kind: 'Pod',
    name: pod,
    container: container && !isOwnContainer(labels) ? container : null,
    workload: scrapedBehind || topWorkloadOfPod(pod),
  }
}

// Of kube-state-metrics and the like, where the series names a pod and no container of it.
function isOwnContainer(labels: Labels): boolean {
  return isScrapedFromExporter(labels) && isExporter(labels.container)
}

function serviceOf(labels: Labels): Found | undefined {
  const address = isScrapedFromExporter(labels) ? SERVICE_ADDRESS.exec(labels.instance ?? '') : null
  if (address?.[1]) return { kind: 'Service', name: address[1], namespace: address[2], workload: address[1] }
  for (const label of SERVICE_LABELS) {
    const name = labels[label]
    const isOwn = isExporter(name) || (label === 'container' && isScrapedFromExporter(labels))
    if (name && !isOwn) return { kind: 'Service', name, workload: name }
  }
  return undefined
}

function nodeOf(labels: Labels): Found | undefined {
  const name =
    labels.node || labels.nodename || (isScrapedFromNode(labels) ? labels.instance?.replace(/:\d+$/, '') : '')
  return name ? { kind: 'Node', name, namespace: null } : undefined
}

function clusterScopedOf({ persistentvolume, name }: Labels): Found | undefined {
  if (persistentvolume) return { kind: 'PersistentVolume', name: persistentvolume, namespace: null }
  return name && API_SERVICE.test(name) ? { kind: 'APIService', name, namespace: null } : undefined
}

function quotaOf({ resourcequota, namespace }: Labels): Found | undefined {
  return resourcequota && namespace ? { kind: 'Namespace', name: namespace } : undefined
}

// The exporter itself, if it is scraped and nothing tells what else it reports on; or what a probe or a job without a Service scrapes.
function targetOf({ job, service, instance }: Labels): Found | undefined {
  if (service) return { kind: 'Target', name: service, workload: service }
  if (!job) return undefined
  return { kind: 'Target', name: instance ? `${job} ${instance}` : job }
}

function rest({ namespace }: Labels): Found {
  return namespace ? { kind: 'Namespace', name: namespace } : { kind: 'Cluster', name: null }
}
