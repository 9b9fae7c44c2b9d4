import { scaled, secondsOf } from './clock.ts'
import { type App, appOf } from './objects/delivery-app.ts'
import { endpointsOf } from './objects/endpoints.ts'
import { listAt } from './objects/json-path.ts'
import { type Pod, podOf } from './objects/pod.ts'
import { createServiceNames, type ServiceNames } from './objects/service-names.ts'
import { type Revision, revisionOf, type Workload, workloadOf } from './objects/workload.ts'
import type { KubernetesObject, Snapshot } from './snapshot.ts'
import { sortSnapshot } from './sort-snapshot.ts'

export type Located = { evidence: string; object: KubernetesObject }
export type SnapshotView = ReturnType<typeof indexSnapshot>

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet']

/** A snapshot with its indexes: what every analyser looks at. Pure; nothing is read, nothing throws on partial objects. */
export function indexSnapshot(read: Snapshot) {
  const snapshot = sortSnapshot(read)
  const { scope } = snapshot
  const byKind = Map.groupBy(snapshot.objects, one => one.object.kind)
  const byIdentity = new Map(
    snapshot.objects.map(one => [`${one.object.kind}/${one.object.metadata.name}`, one]),
  )
  const eventsByObject = Map.groupBy(snapshot.events, one => `${one.object.kind}/${one.object.name}`)
  const logsByPod = Map.groupBy(snapshot.logs, one => one.pod)
  const objectsOf = (kind: string): Located[] => byKind.get(kind) ?? []
  const pods = objectsOf('Pod').map(one => podOf(one.evidence, one.object))
  const workloads = WORKLOADS.flatMap(kind =>
    objectsOf(kind).map(one => workloadOf(one.evidence, one.object)),
  )
  const revisions = objectsOf('ReplicaSet')
    .map(one => revisionOf(one.evidence, one.object))
    .filter(one => one !== null)
    .toSorted((a, b) => b.number - a.number)
  const namespace = scope.namespace ?? scope.alerts[0]?.labels.namespace ?? null
  const apps = appsOf(snapshot)
  const endpoints = endpointsOf(objectsOf('EndpointSlice'), objectsOf('Endpoints'))
  const names = createServiceNames({
    services: objectsOf('Service').map(one => one.object),
    endpoints,
    workloads,
    pods,
    namespace,
  })
  const series = snapshot.series.map(one => ({ ...one, labels: named(names, one.labels) }))
  const seriesByName = Map.groupBy(series, one => one.name)
  const edges = snapshot.edges.map(one => ({
    ...one,
    from: names.ofLabel(one.from),
    to: names.ofLabel(one.to),
  }))

  const byName = new Map(workloads.map(one => [one.name, one]))
  const byReplicaSet = new Map(revisions.map(one => [one.replicaSet, one.workload]))
  const workloadOfPod = ({ owner, revision }: Pod): Workload | undefined => {
    if (owner === null) return undefined
    return byName.get(
      owner.kind === 'ReplicaSet' ? deploymentOf(owner.name, byReplicaSet, revision) : owner.name,
    )
  }
  const podsByWorkload = Map.groupBy(pods, workloadOfPod)
  const revisionsByWorkload = Map.groupBy(revisions, one => one.workload)
  const podByName = new Map(pods.map(one => [one.name, one]))
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
    recentSeconds: scaled(scope, 45 * 60, 180),
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
    workloadNamed: (name: string): Workload | undefined => byName.get(name),
    workloadsOfService: (service: string): Workload[] => workloads.filter(one => one.service === service),
    /** Newest first. */
    revisionsOf,
    podsOf: (workload: Workload): Pod[] => podsByWorkload.get(workload) ?? [],
    livePodsOf: (workload: Workload): Pod[] =>
      (podsByWorkload.get(workload) ?? []).filter(pod => !pod.isDeleting && !pod.isCompleted),
    /** With services called by the labels of their workloads, whatever the metrics call them. */
    series: (name: string) => seriesByName.get(name) ?? [],
    eventsOn: (kind: string, name: string) => eventsByObject.get(`${kind}/${name}`) ?? [],
    logsOf: (pod: string) => logsByPod.get(pod) ?? [],
    /** What the metrics call a service. */
    measuredAs: (service: string): string =>
      snapshot.series
        .map(one => one.labels.service)
        .find(one => one !== undefined && names.ofLabel(one) === service) ?? service,
    callees: (service: string): string[] => targets(edges, service, 'to'),
    callers: (service: string): string[] => targets(edges, service, 'from'),
    /** The application that manages a workload: by what it lists, else by its own name. */
    appOfWorkload: (name: string): App | undefined =>
      apps.find(app => app.resources.some(one => WORKLOADS.includes(one.kind) && one.name === name)) ??
      apps.find(app => app.name === name && app.resources.length === 0),
    /** The application that manages any object. */
    appOfObject: (kind: string, name: string): App | undefined =>
      apps.find(app => app.resources.some(one => one.kind === kind && one.name === name)),
    read: (question: string) => snapshot.reads.find(one => one.question === question),
    wasRead: (question: string): boolean =>
      snapshot.reads.some(one => one.question === question) ||
      snapshot.series.some(one => `series/${one.name}` === question),
    knowsService: (name: string): boolean => knowsService(snapshot, workloads, name),
    /** Whether every object of a kind was read: only then an object that is not here does not exist. */
    knowsAll: (kind: string): boolean => knowsAll(snapshot, kind),
  }
}

function knowsAll({ reads, unread }: Snapshot, kind: string): boolean {
  return reads.some(
    one =>
      listAt(one.args, 'kinds').includes(kind) &&
      !unread.some(lack => lack.question === `${one.question}/${kind}`),
  )
}

function deploymentOf(replicaSet: string, byReplicaSet: Map<string, string>, hash: string | null): string {
  const known = byReplicaSet.get(replicaSet)
  if (known !== undefined) return known
  const suffix = `-${hash ?? ''}`
  return replicaSet.endsWith(suffix) ? replicaSet.slice(0, -suffix.length) : replicaSet
}

function appsOf(snapshot: Snapshot): App[] {
  const all = snapshot.reads.find(one => one.tool === 'delivery_list_apps')
  const single = snapshot.reads.filter(one => one.tool === 'delivery_get_app')
  const read = [
    ...single.map(one => appOf(one.evidence, one.result)),
    ...listAt(all?.result, 'apps').map(one => appOf(all?.evidence ?? '', one)),
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
    ...scope.alerts.flatMap(alert =>
      ['deployment', 'statefulset', 'daemonset', 'pod'].flatMap(key => alert.labels[key] ?? []),
    ),
  ]
  for (const name of objects) {
    const workload = workloads.find(one => one.name === name)
    if (workload !== undefined) return workload.service
    const pod = pods.find(one => one.name === name)
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
    workloads.some(one => one.service === name || one.name === name) ||
    snapshot.objects.some(one => one.object.kind === 'Service' && one.object.metadata.name === name) ||
    snapshot.edges.some(one => one.from === name || one.to === name) ||
    snapshot.series.some(one => one.labels.service === name)
  )
}

/** The labels of a series that name services, each by the label of its workload. */
function named(names: ServiceNames, labels: Record<string, string>): Record<string, string> {
  const known = ['service', 'upstream', 'dependency'].filter(key => labels[key] !== undefined)
  return { ...labels, ...Object.fromEntries(known.map(key => [key, names.ofLabel(labels[key] ?? '')])) }
}

function targets(edges: Snapshot['edges'], service: string, side: 'from' | 'to'): string[] {
  const other = side === 'to' ? 'from' : 'to'
  const calls = edges.filter(one => one.via === 'metrics' || one.via === 'config' || one.via === 'file')
  return [...new Set(calls.filter(one => one[other] === service).map(one => one[side]))]
}
