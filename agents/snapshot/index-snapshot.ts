import { WORKLOAD_LABELS } from './alert-labels.ts'
import { type EvidenceIndex, indexEvidence } from './index-evidence.ts'
import type { Pod } from './objects/pod.ts'
import { isAboutCluster } from './scope-reach.ts'
import type { Snapshot } from './snapshot.ts'
import { sortRelations } from './sort-snapshot.ts'

/** What is derived from evidence: what was changed, and who calls whom. */
type Relations = Pick<Snapshot, 'changes' | 'edges'>
export type SnapshotView = ReturnType<typeof addRelations>

// What serves no requests, whatever labels its pods share with services.
const RUN_TO_THE_END = new Set(['Job', 'CronJob'])

/** A snapshot with its indexes: what every analyser looks at. Pure; nothing is read. */
export function indexSnapshot(snapshot: Snapshot): SnapshotView {
  return addRelations(indexEvidence(snapshot), snapshot)
}

/** The index of a snapshot, from the index of its evidence. */
export function addRelations(index: EvidenceIndex, relations: Relations) {
  const snapshot: Snapshot = { ...index.evidence, ...sortRelations(relations) }
  const edges = snapshot.edges.map(edge => ({
    ...edge,
    from: index.names.ofLabel(edge.from),
    to: index.names.ofLabel(edge.to),
  }))
  return {
    ...index,
    snapshot,
    edges,
    service: serviceUnderAlert(index, snapshot),
    callees: (service: string): string[] => targets(edges, service, 'to'),
    callers: (service: string): string[] => targets(edges, service, 'from'),
    knowsService: (name: string): boolean => knowsService(index, snapshot, name),
  }
}

/** The service that the investigation covers: the one that was named, else that of the object which the alerts name. */
function serviceUnderAlert(index: EvidenceIndex, snapshot: Snapshot): string | null {
  const { scope, workloads, pods, names } = index
  if (isAboutCluster(scope)) return null
  // What the alerts are about is known on the cluster; the name of its service is only guessed before.
  if (scope.alerts.length > 0 && scope.object !== null) {
    const { kind, name } = scope.object
    if (RUN_TO_THE_END.has(kind)) return null
    const workload = workloads.find(workload => workload.kind === kind && workload.name === name)
    if (workload !== undefined) return workload.service
    const pod = kind === 'Pod' ? pods.find(pod => pod.name === name) : undefined
    if (pod !== undefined) return serviceOfPod(index, pod)
  }
  if (scope.service !== null && knowsService(index, snapshot, scope.service))
    return names.ofLabel(scope.service)
  const objects = [
    ...(scope.object === null ? [] : [scope.object.name]),
    ...scope.alerts.flatMap(alert => [...WORKLOAD_LABELS, 'pod'].flatMap(key => alert.labels[key] ?? [])),
  ]
  for (const name of objects) {
    const workload = workloads.find(workload => workload.name === name)
    if (workload !== undefined) return workload.service
    const pod = pods.find(pod => pod.name === name)
    if (pod !== undefined) return serviceOfPod(index, pod)
  }
  if (scope.object !== null && RUN_TO_THE_END.has(scope.object.kind)) return null
  const labelled = scope.alerts.flatMap(alert => alert.labels.service ?? [])
  const name = scope.service ?? labelled[0]
  return name === undefined ? null : names.ofLabel(name)
}

function serviceOfPod({ workloadOfPod }: EvidenceIndex, pod: Pod): string | null {
  return RUN_TO_THE_END.has(pod.owner?.kind ?? '') ? null : (workloadOfPod(pod)?.service ?? pod.service)
}

/** Whether a name is a service's. A label may name what was scraped instead; where no workload was read, it is taken as it is. */
function knowsService({ workloads, objectNamed }: EvidenceIndex, snapshot: Snapshot, name: string): boolean {
  return (
    workloads.length === 0 ||
    workloads.some(workload => workload.service === name || workload.name === name) ||
    objectNamed('Service', name) !== undefined ||
    snapshot.edges.some(edge => edge.from === name || edge.to === name) ||
    snapshot.series.some(series => series.labels.service === name)
  )
}

function targets(edges: Snapshot['edges'], service: string, side: 'from' | 'to'): string[] {
  const other = side === 'to' ? 'from' : 'to'
  const calls = edges.filter(edge => edge.via === 'metrics' || edge.via === 'config' || edge.via === 'file')
  return [...new Set(calls.filter(call => call[other] === service).map(call => call[side]))]
}
