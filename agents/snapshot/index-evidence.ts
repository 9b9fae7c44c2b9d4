import type { SignalName } from '../signals/signals.ts'
import { SERVICE_LABELS } from './alert-labels.ts'
import { appsOfCluster, appsOfNamespace, isIn, listApps, unplacedApps } from './apps-here.ts'
import { baselineSeconds, scaled, secondsOf } from './clock.ts'
import { type App, ownName } from './objects/delivery-app.ts'
import { endpointsOf } from './objects/endpoints.ts'
import { listAt } from './objects/json-path.ts'
import { controllerOf, type ObjectReference, type Pod, podOf } from './objects/pod.ts'
import { createServiceNames, type ServiceNames } from './objects/service-names.ts'
import { type Revision, revisionOf, type Workload, workloadOf } from './objects/workload.ts'
import { parseQuestionId, type QuestionId } from './question-id.ts'
import { isAboutCluster } from './scope-reach.ts'
import type { KubernetesObject, ReadEvidence } from './snapshot.ts'
import { sortEvidence } from './sort-snapshot.ts'

export type Located = { evidence: string; object: KubernetesObject }
export type EvidenceIndex = ReturnType<typeof indexEvidence>

export const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const

/**
 * What was read, with its indexes: objects by kind, name and owner, series by signal, logs by pod. Changes and the call graph
 * are derived from it. Pure; partial objects make nothing throw.
 */
export function indexEvidence(unsorted: ReadEvidence) {
  const evidence = sortEvidence(unsorted)
  const { scope } = evidence
  const byKind = Map.groupBy(evidence.objects, object => object.object.kind)
  const byIdentity = new Map(
    evidence.objects.map(object => [`${object.object.kind}/${object.object.metadata.name}`, object]),
  )
  const eventsByObject = Map.groupBy(evidence.events, event => `${event.object.kind}/${event.object.name}`)
  const logsByPod = Map.groupBy(evidence.logs, log => log.pod)
  const objectsOf = (kind: string): Located[] => byKind.get(kind) ?? []
  const pods = objectsOf('Pod').map(pod => podOf(pod.evidence, pod.object))
  const workloads = WORKLOAD_KINDS.flatMap(kind =>
    objectsOf(kind).map(object => workloadOf(object.evidence, object.object)),
  )
  const revisions = objectsOf('ReplicaSet')
    .map(replicaSet => revisionOf(replicaSet.evidence, replicaSet.object))
    .filter(revision => revision !== null)
    .toSorted((a, b) => b.number - a.number)
  const namespace =
    scope.namespace ?? (isAboutCluster(scope) ? null : (scope.alerts[0]?.labels.namespace ?? null))
  const apps = listApps(evidence.reads)
  const appsHere = appsOfCluster(apps, scope.cluster)
  const unplaced = unplacedApps(apps, scope.cluster)
  const endpoints = endpointsOf(objectsOf('EndpointSlice'), objectsOf('Endpoints'))
  const names = createServiceNames({
    services: objectsOf('Service').map(service => service.object),
    endpoints,
    workloads,
    pods,
    namespace,
  })
  const series = evidence.series.map(series => ({
    ...series,
    labels: withServiceNames(names, series.labels),
  }))
  const seriesByName = Map.groupBy(series, series => series.name)

  const byName = new Map(workloads.map(workload => [workload.name, workload]))
  const byKindAndName = new Map(workloads.map(workload => [`${workload.kind}/${workload.name}`, workload]))
  const controllerOfPod = ({ owner, labels }: Pod): ObjectReference | null => {
    // The mirror of a static pod belongs to its node, but the kubelet creates it from a file.
    if (owner === null || owner.kind === 'Node') return null
    if (owner.kind !== 'ReplicaSet') return owner
    const replicaSet = byIdentity.get(`ReplicaSet/${owner.name}`)?.object
    if (replicaSet !== undefined) return controllerOf(replicaSet) ?? owner
    return controllerByHash(owner, labels)
  }
  const workloadOfPod = (pod: Pod): Workload | undefined => {
    const controller = controllerOfPod(pod)
    return controller === null ? undefined : byKindAndName.get(`${controller.kind}/${controller.name}`)
  }
  const podsByWorkload = Map.groupBy(pods, workloadOfPod)
  const podsByController = Map.groupBy(pods, pod => {
    const { kind, name } = controllerOfPod(pod) ?? { kind: 'Pod', name: pod.name }
    return `${kind}/${name}`
  })
  const revisionsByWorkload = Map.groupBy(revisions, revision => revision.workload)
  const podByName = new Map(pods.map(pod => [pod.name, pod]))
  const revisionsOf = (workload: Workload): Revision[] =>
    workload.kind === 'Deployment' ? (revisionsByWorkload.get(workload.name) ?? []) : []

  const findAppOf = (candidates: App[], name: string): App | undefined =>
    candidates.find(app =>
      app.resources.some(
        resource => isWorkloadKind(resource.kind) && resource.name === name && isIn(namespace, resource),
      ),
    ) ?? candidates.find(app => ownName(app) === name && app.resources.length === 0 && isIn(namespace, app))

  return {
    evidence,
    scope,
    namespace,
    /** Unix seconds: the last read, and when the symptom is known to have been there. */
    at: secondsOf(evidence.at) ?? 0,
    since: secondsOf(scope.since) ?? secondsOf(evidence.at) ?? 0,
    /** Seconds by which two times may disagree and still be the same moment. */
    toleranceSeconds: scaled(scope, 120, 8),
    /** How long a pod may take to become ready before that is a fault. */
    patienceSeconds: scaled(scope, 60, 10),
    /** What is older than this counts as the normal state. */
    recentSeconds: baselineSeconds(scope),
    /** The services behind labels, hosts and addresses. */
    names,
    pods,
    workloads,
    apps,
    /** The applications that deploy into this namespace of this cluster. */
    ownApps: appsOfNamespace(apps, { namespace, cluster: scope.cluster }),
    objectsOf,
    endpoints,
    objectNamed: (kind: string, name: string): Located | undefined => byIdentity.get(`${kind}/${name}`),
    workloadOfPod,
    /** What creates a pod and its replacements, by owner references: a workload of any kind, read or not; null for a bare or static pod. */
    controllerOfPod,
    /** The pods of a controller; of kind Pod the pod itself, if nothing controls it. */
    podsOfController: ({ kind, name }: ObjectReference): Pod[] =>
      podsByController.get(`${kind}/${name}`) ?? [],
    podNamed: (name: string): Pod | undefined => podByName.get(name),
    /** The workload of a pod that is gone: the one with the longest name that the pod's name begins with. */
    workloadByPodName: (pod: string): Workload | undefined =>
      workloads
        .filter(workload => pod.startsWith(`${workload.name}-`))
        .toSorted((a, b) => b.name.length - a.name.length)[0],
    workloadNamed: (name: string): Workload | undefined => byName.get(name),
    workloadsOfService: (service: string): Workload[] =>
      workloads.filter(workload => workload.service === service),
    /** Newest first. */
    revisionsOf,
    podsOf: (workload: Workload): Pod[] => podsByWorkload.get(workload) ?? [],
    livePodsOf: (workload: Workload): Pod[] =>
      (podsByWorkload.get(workload) ?? []).filter(pod => !pod.isDeleting && !pod.isCompleted),
    /** With services named by the labels of their workloads, whatever the metrics call them. */
    series: (name: SignalName) => seriesByName.get(name) ?? [],
    eventsOn: (kind: string, name: string) => eventsByObject.get(`${kind}/${name}`) ?? [],
    logsOf: (pod: string) => logsByPod.get(pod) ?? [],
    /** What the metrics call a service. */
    measuredAs: (service: string): string =>
      evidence.series
        .map(series => series.labels.service)
        .find(label => label !== undefined && names.ofLabel(label) === service) ?? service,
    /** The application that manages a workload of this namespace and cluster: by what it lists, else by its own name. */
    appOfWorkload: (name: string): App | undefined => findAppOf(appsHere, name),
    /** The application that may manage it: whether that deploys to this cluster is not known. */
    unplacedAppOfWorkload: (name: string): App | undefined => findAppOf(unplaced, name),
    /** The application that manages any object of this namespace and cluster. */
    appOfObject: (kind: string, name: string): App | undefined =>
      appsHere.find(app =>
        app.resources.some(
          resource => resource.kind === kind && resource.name === name && isIn(namespace, resource),
        ),
      ),
    read: (question: QuestionId) => evidence.reads.find(read => read.question === question),
    /** Whether a question was answered; a signal counts by the metric names of any profile. */
    wasRead: (question: QuestionId): boolean => {
      if (evidence.reads.some(read => read.question === question)) return true
      const parsed = parseQuestionId(question)
      return parsed?.kind === 'series' && seriesByName.has(parsed.signal)
    },
    /** The read that listed all objects of a kind. */
    listingOf: (kind: string) => evidence.reads.find(read => listAt(read.args, 'kinds').includes(kind)),
    /** Whether every object of a kind was read. Only then does one that is missing here not exist. */
    knowsAll: (kind: string): boolean => knowsAll(evidence, kind) && !isCounted(evidence, kind),
    /** Whether every object of a kind that matters here was read: all, or of too many those that are not healthy. */
    knowsUnhealthy: (kind: string): boolean => knowsAll(evidence, kind),
    /** Whether the namespace has too many objects of a kind to read them all. */
    isCounted: (kind: string): boolean => isCounted(evidence, kind),
  }
}

function isCounted({ counted }: ReadEvidence, kind: string): boolean {
  return counted.some(entry => entry.kind === kind)
}

function knowsAll({ reads, unread }: ReadEvidence, kind: string): boolean {
  return reads.some(
    read =>
      listAt(read.args, 'kinds').includes(kind) &&
      !unread.some(lack => lack.question === read.question && lack.part === kind),
  )
}

// Labels of pods that hold the last part of their ReplicaSet's name, by the kind of what creates that.
const HASH_LABELS = { 'pod-template-hash': 'Deployment', 'rollouts-pod-template-hash': 'Rollout' }

/** Where a ReplicaSet was not read, its name shows what created it. */
function controllerByHash(replicaSet: ObjectReference, labels: Record<string, string>): ObjectReference {
  for (const [label, kind] of Object.entries(HASH_LABELS)) {
    const suffix = `-${labels[label]}`
    if (labels[label] && replicaSet.name.endsWith(suffix))
      return { kind, name: replicaSet.name.slice(0, -suffix.length) }
  }
  return replicaSet
}

/** The labels of a series that name services, each by the label of its workload. */
function withServiceNames(names: ServiceNames, labels: Record<string, string>): Record<string, string> {
  const known = SERVICE_LABELS.filter(key => labels[key] !== undefined)
  return { ...labels, ...Object.fromEntries(known.map(key => [key, names.ofLabel(labels[key] ?? '')])) }
}

function isWorkloadKind(kind: string): boolean {
  return WORKLOAD_KINDS.some(known => known === kind)
}
