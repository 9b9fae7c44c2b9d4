import type { SignalName } from '../signals/signals.ts'
import { SERVICE_LABELS, WORKLOAD_LABELS } from './alert-labels.ts'
import { baselineSeconds, scaled, secondsOf } from './clock.ts'
import { type App, appOf } from './objects/delivery-app.ts'
import { endpointsOf } from './objects/endpoints.ts'
import { listAt } from './objects/json-path.ts'
import { type Pod, podOf } from './objects/pod.ts'
import { createServiceNames, type ServiceNames } from './objects/service-names.ts'
import { type Revision, revisionOf, type Workload, workloadOf } from './objects/workload.ts'
import { parseQuestionId, type QuestionId } from './question-id.ts'
import type { KubernetesObject, Snapshot } from './snapshot.ts'
import { sortSnapshot } from './sort-snapshot.ts'

export type Located = { evidence: string; object: KubernetesObject }
export type SnapshotView = ReturnType<typeof indexSnapshot>

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet']

/** A snapshot with its indexes: what every analyser looks at. Pure; nothing is read, nothing throws on partial objects. */
export function indexSnapshot(read: Snapshot) {
  const snapshot = sortSnapshot(read)
  const { scope } = snapshot
  const byKind = Map.groupBy(snapshot.objects, object => object.object.kind)
  const byIdentity = new Map(
    snapshot.objects.map(object => [`${object.object.kind}/${object.object.metadata.name}`, object]),
  )
  const eventsByObject = Map.groupBy(snapshot.events, one => `${one.object.kind}/${one.object.name}`)
  const logsByPod = Map.groupBy(snapshot.logs, log => log.pod)
  const objectsOf = (kind: string): Located[] => byKind.get(kind) ?? []
  const pods = objectsOf('Pod').map(pod => podOf(pod.evidence, pod.object))
  const workloads = WORKLOADS.flatMap(kind =>
    objectsOf(kind).map(object => workloadOf(object.evidence, object.object)),
  )
  const revisions = objectsOf('ReplicaSet')
    .map(replicaSet => revisionOf(replicaSet.evidence, replicaSet.object))
    .filter(one => one !== null)
    .toSorted((a, b) => b.number - a.number)
  const namespace = scope.namespace ?? scope.alerts[0]?.labels.namespace ?? null
  const apps = appsOf(snapshot)
  const endpoints = endpointsOf(objectsOf('EndpointSlice'), objectsOf('Endpoints'))
  const names = createServiceNames({
    services: objectsOf('Service').map(service => service.object),
    endpoints,
    workloads,
    pods,
    namespace,
  })
  const series = snapshot.series.map(series => ({ ...series, labels: named(names, series.labels) }))
  const seriesByName = Map.groupBy(series, series => series.name)
  const edges = snapshot.edges.map(edge => ({
    ...edge,
    from: names.ofLabel(edge.from),
    to: names.ofLabel(edge.to),
  }))

  const byName = new Map(workloads.map(workload => [workload.name, workload]))
  const byReplicaSet = new Map(revisions.map(revision => [revision.replicaSet, revision.workload]))
  const workloadOfPod = ({ owner, revision }: Pod): Workload | undefined => {
    if (owner === null) return undefined
    return byName.get(
      owner.kind === 'ReplicaSet' ? deploymentOf(owner.name, byReplicaSet, revision) : owner.name,
    )
  }
  const podsByWorkload = Map.groupBy(pods, workloadOfPod)
  const revisionsByWorkload = Map.groupBy(revisions, revision => revision.workload)
  const podByName = new Map(pods.map(pod => [pod.name, pod]))
  const revisionsOf = (workload: Workload): Revision[] =>
    workload.kind === 'Deployment' ? (revisionsByWorkload.get(workload.name) ?? []) : []

  return {
    snapshot,
    scope,
    namespace,
    /** Unix seconds: the last read, and when the trouble is known to have been there. */
    at: secondsOf(snapshot.at) ?? 0,
    since: secondsOf(scope.since) ?? secondsOf(snapshot.at) ?? 0,
    /** Seconds by which two times may disagree and still be the same moment. */
    toleranceSeconds: scaled(scope, 120, 8),
    /** How long a pod may take to become ready before that is a fault. */
    patienceSeconds: scaled(scope, 60, 10),
    /** What lies further back than this before the trouble was so already and is no news. */
    recentSeconds: baselineSeconds(scope),
    service: serviceUnderAlert(snapshot, { workloads, pods, names, workloadOfPod }),
    /** How services may be called. */
    names,
    edges,
    pods,
    workloads,
    apps,
    objectsOf,
    endpoints,
    objectNamed: (kind: string, name: string): Located | undefined => byIdentity.get(`${kind}/${name}`),
    workloadOfPod,
    podNamed: (name: string): Pod | undefined => podByName.get(name),
    /** Of a pod that is gone: the workload with the longest name that the pod's name begins with. */
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
    /** With services called by the labels of their workloads, whatever the metrics call them. */
    series: (name: SignalName) => seriesByName.get(name) ?? [],
    eventsOn: (kind: string, name: string) => eventsByObject.get(`${kind}/${name}`) ?? [],
    logsOf: (pod: string) => logsByPod.get(pod) ?? [],
    /** What the metrics call a service. */
    measuredAs: (service: string): string =>
      snapshot.series
        .map(series => series.labels.service)
        .find(one => one !== undefined && names.ofLabel(one) === service) ?? service,
    callees: (service: string): string[] => targets(edges, service, 'to'),
    callers: (service: string): string[] => targets(edges, service, 'from'),
    /** The application that manages a workload: by what it lists, else by its own name. */
    appOfWorkload: (name: string): App | undefined =>
      apps.find(app =>
        app.resources.some(resource => WORKLOADS.includes(resource.kind) && resource.name === name),
      ) ?? apps.find(app => app.name === name && app.resources.length === 0),
    /** The application that manages any object. */
    appOfObject: (kind: string, name: string): App | undefined =>
      apps.find(app => app.resources.some(resource => resource.kind === kind && resource.name === name)),
    read: (question: QuestionId) => snapshot.reads.find(read => read.question === question),
    /** Whether a question was answered; a signal may have been by any installation's metric names. */
    wasRead: (question: QuestionId): boolean => {
      if (snapshot.reads.some(read => read.question === question)) return true
      const parsed = parseQuestionId(question)
      return parsed?.kind === 'series' && seriesByName.has(parsed.signal)
    },
    /** The read that listed all objects of a kind. */
    listingOf: (kind: string) => snapshot.reads.find(read => listAt(read.args, 'kinds').includes(kind)),
    knowsService: (name: string): boolean => knowsService(snapshot, workloads, name),
    /** Whether every object of a kind was read: only then an object that is not here does not exist. */
    knowsAll: (kind: string): boolean => knowsAll(snapshot, kind),
  }
}

function knowsAll({ reads, unread }: Snapshot, kind: string): boolean {
  return reads.some(
    read =>
      listAt(read.args, 'kinds').includes(kind) &&
      !unread.some(lack => lack.question === read.question && lack.part === kind),
  )
}

function deploymentOf(replicaSet: string, byReplicaSet: Map<string, string>, hash: string | null): string {
  const known = byReplicaSet.get(replicaSet)
  if (known !== undefined) return known
  const suffix = `-${hash ?? ''}`
  return replicaSet.endsWith(suffix) ? replicaSet.slice(0, -suffix.length) : replicaSet
}

function appsOf(snapshot: Snapshot): App[] {
  const all = snapshot.reads.find(read => read.tool === 'delivery_list_apps')
  const single = snapshot.reads.filter(read => read.tool === 'delivery_get_app')
  const read = [
    ...single.map(one => appOf(one.evidence, one.result)),
    ...listAt(all?.result, 'apps').map(app => appOf(all?.evidence ?? '', app)),
  ].filter(one => one !== null)
  // A later, closer look at one application replaces its line in the list.
  return read.filter((app, index) => read.findIndex(other => other.name === app.name) === index)
}

function serviceUnderAlert(
  snapshot: Snapshot,
  { workloads, pods, names, workloadOfPod }: Known,
): string | null {
  const { scope } = snapshot
  if (scope.service !== null && knowsService(snapshot, workloads, scope.service))
    return names.ofLabel(scope.service)
  const objects = [
    ...(scope.object === null ? [] : [scope.object.name]),
    ...scope.alerts.flatMap(alert => [...WORKLOAD_LABELS, 'pod'].flatMap(key => alert.labels[key] ?? [])),
  ]
  for (const name of objects) {
    const workload = workloads.find(workload => workload.name === name)
    if (workload !== undefined) return workload.service
    const pod = pods.find(pod => pod.name === name)
    if (pod !== undefined) return workloadOfPod(pod)?.service ?? pod.service
  }
  const told = scope.alerts.map(alert => alert.labels.service).find(one => one !== undefined)
  const last = scope.service ?? told
  return last === undefined ? null : names.ofLabel(last)
}

type Known = {
  workloads: Workload[]
  pods: Pod[]
  names: ServiceNames
  workloadOfPod: (pod: Pod) => Workload | undefined
}

/** A label may name what was scraped instead of a service of the namespace. Where nothing was read, it is believed. */
function knowsService(snapshot: Snapshot, workloads: Workload[], name: string): boolean {
  return (
    workloads.length === 0 ||
    workloads.some(workload => workload.service === name || workload.name === name) ||
    snapshot.objects.some(
      object => object.object.kind === 'Service' && object.object.metadata.name === name,
    ) ||
    snapshot.edges.some(edge => edge.from === name || edge.to === name) ||
    snapshot.series.some(series => series.labels.service === name)
  )
}

/** The labels of a series that name services, each by the label of its workload. */
function named(names: ServiceNames, labels: Record<string, string>): Record<string, string> {
  const known = SERVICE_LABELS.filter(key => labels[key] !== undefined)
  return { ...labels, ...Object.fromEntries(known.map(key => [key, names.ofLabel(labels[key] ?? '')])) }
}

function targets(edges: Snapshot['edges'], service: string, side: 'from' | 'to'): string[] {
  const other = side === 'to' ? 'from' : 'to'
  const calls = edges.filter(edge => edge.via === 'metrics' || edge.via === 'config' || edge.via === 'file')
  return [...new Set(calls.filter(call => call[other] === service).map(call => call[side]))]
}
