import { CLUSTER_LABELS } from '@goalixa/agents/snapshot/alert-labels'
import {
  conditionLabels,
  isExporter,
  isExporterPod,
  isMetricsContainer,
  isScrapedFromExporter,
  isScrapedFromNode,
} from './scraped-target.ts'
import type { Subject, SubjectKind } from './subject.ts'
import {
  serviceOfEndpointSlice,
  topWorkloadOfJob,
  topWorkloadOfPod,
  topWorkloadOfReplicaSet,
} from './top-workload.ts'

type Labels = Readonly<Record<string, string>>

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
  ['scaledObject', 'ScaledObject'],
] as const satisfies readonly (readonly [string, SubjectKind])[]

// Labels that applications give themselves, and the last by which cAdvisor names a workload's containers.
const SERVICE_LABELS = ['service', 'app_kubernetes_io_name', 'app', 'container']

// https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
const SERVICE_ADDRESS = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:[.:/]|$)/
// A probe's target, where it is probed by URL.
const URL_OF_TARGET = /^[a-z][a-z0-9+.-]*:\/\//
const CERT_MANAGER = /cert-?manager/
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
    quotaOf(labels) ??
    endpointsOf(labels) ??
    applicationOf(labels) ??
    certificateOf(given) ??
    podOf(labels) ??
    serviceOf(labels) ??
    nodeOf(labels) ??
    clusterScopedOf(labels) ??
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

function quotaOf({ resourcequota, namespace }: Labels): Found | undefined {
  return resourcequota && namespace ? { kind: 'Namespace', name: namespace } : undefined
}

function endpointsOf({ endpointslice }: Labels): Found | undefined {
  if (!endpointslice) return undefined
  const service = serviceOfEndpointSlice(endpointslice)
  return { kind: 'Service', name: service, workload: service }
}

// Argo CD's metrics call the Application `name`, beside its destination. It is looked into where it deploys to.
function applicationOf({ name, project, dest_server, dest_namespace }: Labels): Found | undefined {
  if (!name || !project || !dest_server) return undefined
  return { kind: 'Application', name, namespace: dest_namespace || null }
}

// cert-manager's metrics call the Certificate `name`, beside the issuer that only certificates have, or beside its namespace where the rule
// aggregates the issuer away. Series of others that have these two also have the object's `kind`, or name their job.
function certificateOf(given: Labels): Found | undefined {
  const { name, issuer_name, exported_namespace, kind, job, service, pod } = given
  if (!name) return undefined
  const isOfAnother = kind || [job, service, pod].some(target => target && !CERT_MANAGER.test(target))
  const isAggregated = exported_namespace && !isOfAnother
  return issuer_name || isAggregated ? { kind: 'Certificate', name } : undefined
}

function podOf(labels: Labels): Found | undefined {
  const { pod, container, service } = labels
  if (!pod || isExporterPod(labels)) return undefined
  // The Service behind which the pod was scraped is known; its owner is only guessed by name.
  const scrapedBehind = isScrapedFromExporter(labels) ? undefined : service
  return {
    kind: 'Pod',
    name: pod,
    container: container && !isMetricsContainer(labels) ? container : null,
    workload: scrapedBehind || topWorkloadOfPod(pod),
  }
}

function serviceOf(labels: Labels): Found | undefined {
  const address = isScrapedFromExporter(labels) ? SERVICE_ADDRESS.exec(labels.instance ?? '') : null
  if (address?.[1]) return { kind: 'Service', name: address[1], namespace: address[2], workload: address[1] }
  for (const label of SERVICE_LABELS) {
    const name = labels[label]
    const isScraped = label === 'container' && (isScrapedFromExporter(labels) || isMetricsContainer(labels))
    if (name && !isExporter(name) && !isScraped) return { kind: 'Service', name, workload: name }
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

// The URL that is probed; the exporter itself, if it is scraped and nothing tells what else it reports on; or what a job without a Service
// scrapes. The namespace beside a Service is that of the exporter.
function targetOf(labels: Labels): Found | undefined {
  const { job, service, instance, namespace } = labels
  if (instance && URL_OF_TARGET.test(instance) && isScrapedFromExporter(labels))
    return { kind: 'Target', name: instance, namespace: service ? null : namespace || null }
  if (service) return { kind: 'Target', name: service, workload: service }
  if (!job) return undefined
  return { kind: 'Target', name: instance ? `${job} ${instance}` : job }
}

function rest({ namespace }: Labels): Found {
  return namespace ? { kind: 'Namespace', name: namespace } : { kind: 'Cluster', name: null }
}
