import { ExpectedError } from '@goalixa/chassis/errors'
import { isRecord } from '@goalixa/chassis/is-record'
import limitParallel, { type LimitFunction } from 'p-limit'
import type { Kind } from './kinds.ts'
import type { KubernetesClient } from './kubernetes-client.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { formatLabelSelector } from './label-selector.ts'
import { REVISION } from './replica-sets-of.ts'
import type { TableRow } from './table-rows.ts'

/** Kinds that are read together, along their owners, where a namespace has too many of them. */
export const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Pod'] as const
const TOP_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const

const PARALLEL = 8
const MAX_UNHEALTHY = 8
const MAX_ROLLED_OUT = 4
const PODS_OF_WORKLOAD = 20
const HEALTHY_PODS_OF_WORKLOAD = 4
const MAX_PODS_IN_OTHER_PHASES = 50
const REPLICA_SETS_OF_WORKLOAD = 50
const KEPT_REVISIONS = 3

type Input = {
  namespace: string
  /** Names of objects, whatever their kind. */
  about: readonly string[]
  /** The kinds that were asked for and are too many, and the objects of those that are not. */
  tooMany: ReadonlySet<Kind>
  whole: readonly KubernetesObject[]
}
type Read = { kubernetes: KubernetesClient; namespace: string; limit: LimitFunction; signal: AbortSignal }

/**
 * What matters of a namespace that has too many workloads and pods to read: what is named, what owns that, what is not ready by its own
 * status, and what was rolled out last; of each the failing pods, a few healthy ones and the latest revisions. Everything else is healthy.
 */
export async function readScopedWorkloads(
  kubernetes: KubernetesClient,
  { namespace, about, tooMany, whole }: Input,
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const read: Read = { kubernetes, namespace, limit: limitParallel(PARALLEL), signal }
  const [top, otherPhases, named] = await Promise.all([
    readTopWorkloads(read, { about, tooMany, whole }),
    tooMany.has('Pod') ? readPodsInOtherPhases(read) : [],
    readNamed(read, { about, tooMany, whole }),
  ])
  const owners = await readOwners(read, named, [...whole, ...top])
  const behind = named.length + owners.length === 0 ? await readBehindServices(read, about, top) : []
  const chosen = chooseWorkloads([...behind, ...owners, ...top], about)
  const parts = await Promise.all(chosen.map(workload => readParts(read, workload, tooMany)))
  return deduplicate([...top, ...owners, ...behind, ...named, ...otherPhases, ...parts.flat()]).filter(
    ({ kind }) => tooMany.has(kind as Kind),
  )
}

/** Of each kind of workload those that are named or not ready, by what `kubectl get` prints; all of a kind that was read whole. */
async function readTopWorkloads(
  read: Read,
  { about, tooMany, whole }: Omit<Input, 'namespace'>,
): Promise<KubernetesObject[]> {
  const lists = await Promise.all(
    TOP_KINDS.map(async kind => {
      if (!tooMany.has(kind)) return whole.filter(object => object.kind === kind)
      const rows = await read.limit(() => read.kubernetes.listRows(kind, read.namespace, {}, read.signal))
      const named = rows.filter(row => about.includes(row.name))
      const unready = rows.filter(isUnready).slice(0, MAX_UNHEALTHY)
      return getAll(read, kind, [...new Set([...named, ...unready].map(row => row.name))])
    }),
  )
  return lists.flat()
}

// Deployments and StatefulSets print `ready/desired`, DaemonSets have columns of their own.
function isUnready({ cells }: TableRow): boolean {
  const [ready, desired] = (cells.ready ?? '').includes('/')
    ? (cells.ready ?? '').split('/').map(Number)
    : [Number(cells.ready), Number(cells.desired)]
  const updated = Number(cells['up-to-date'] ?? desired)
  return (ready ?? 0) < (desired ?? 0) || updated < (desired ?? 0)
}

/** Pods that are not simply running: no selector finds those whose containers crash, but their workload is not ready then. */
async function readPodsInOtherPhases({ kubernetes, namespace, limit, signal }: Read) {
  const query = { fieldSelector: 'status.phase!=Running,status.phase!=Succeeded' }
  const { objects } = await limit(() =>
    kubernetes.listFirst('Pod', namespace, MAX_PODS_IN_OTHER_PHASES, query, signal),
  )
  return objects
}

/** The pods, ReplicaSets and Jobs of these names, with the pods of those Jobs. */
async function readNamed(
  read: Read,
  { about, tooMany, whole }: Omit<Input, 'namespace'>,
): Promise<KubernetesObject[]> {
  const kinds = (['Pod', 'ReplicaSet', 'Job'] as const).filter(kind => tooMany.has(kind))
  const known = whole.filter(({ kind, metadata }) => kind !== 'Service' && about.includes(metadata.name))
  const found = await Promise.all(kinds.map(kind => getAll(read, kind, about)))
  const named = [...known, ...found.flat()]
  const jobs = named.filter(({ kind }) => kind === 'Job')
  const pods = await Promise.all(jobs.map(({ metadata }) => firstPods(read, `job-name=${metadata.name}`)))
  return [...named, ...pods.flatMap(({ objects }) => objects)]
}

/** What owns these objects, up to the top: for a pod its ReplicaSet and the Deployment of that. */
async function readOwners(
  read: Read,
  objects: readonly KubernetesObject[],
  known: readonly KubernetesObject[],
): Promise<KubernetesObject[]> {
  const wanted = new Map<string, { kind: Kind; name: string }>()
  for (const { kind, name } of objects.flatMap(({ metadata }) => metadata.ownerReferences ?? []))
    if (WORKLOAD_KINDS.some(readable => readable === kind))
      wanted.set(`${kind}/${name}`, { kind: kind as Kind, name })
  const owners = await Promise.all(
    [...wanted.values()].map(async ({ kind, name }) => {
      const found = known.find(object => object.kind === kind && object.metadata.name === name)
      return found === undefined ? getAll(read, kind, [name]) : [found]
    }),
  )
  const found = owners.flat()
  return found.length === 0 ? [] : [...found, ...(await readOwners(read, found, known))]
}

/** Where no workload bears a name that was given, a Service may: then what owns the first of its pods. */
async function readBehindServices(
  read: Read,
  about: readonly string[],
  top: readonly KubernetesObject[],
): Promise<KubernetesObject[]> {
  if (top.some(({ metadata }) => about.includes(metadata.name))) return []
  const services = await getAll(read, 'Service', about)
  const pods = await Promise.all(
    services.map(({ spec }) => {
      const matchLabels = isRecord(spec) ? spec.selector : undefined
      const selector = formatLabelSelector({ matchLabels })
      return selector === null ? { objects: [] } : firstPods(read, selector)
    }),
  )
  const found = pods.flatMap(({ objects }) => objects)
  return [...found, ...(await readOwners(read, found, top))]
}

/** Named ones and owners first, then what is not ready, then what was rolled out last, which may be the cause of what is named. */
function chooseWorkloads(objects: readonly KubernetesObject[], about: readonly string[]): KubernetesObject[] {
  const workloads = deduplicate(objects).filter(({ kind }) => TOP_KINDS.some(top => top === kind))
  const named = workloads.filter(({ metadata }) => about.includes(metadata.name))
  const unready = workloads.filter(isWorkloadUnready).slice(0, MAX_UNHEALTHY)
  const latest = workloads
    .toSorted((a, b) => rolloutTimeOf(b).localeCompare(rolloutTimeOf(a)))
    .slice(0, MAX_ROLLED_OUT)
  return [...new Set([...named, ...unready, ...latest])]
}

/** The failing pods of a workload with a few healthy ones, and its latest revisions. */
async function readParts(
  read: Read,
  workload: KubernetesObject,
  tooMany: ReadonlySet<Kind>,
): Promise<KubernetesObject[]> {
  const selector = formatLabelSelector(isRecord(workload.spec) ? workload.spec.selector : undefined)
  if (selector === null) return []
  const [pods, revisions] = await Promise.all([
    tooMany.has('Pod') ? readPodsOf(read, selector) : [],
    workload.kind === 'Deployment' && tooMany.has('ReplicaSet') ? readRevisions(read, selector) : [],
  ])
  return [...pods, ...revisions]
}

async function readPodsOf(read: Read, labelSelector: string): Promise<KubernetesObject[]> {
  const { objects, hasMore } = await firstPods(read, labelSelector)
  if (!hasMore) return objects
  const { kubernetes, namespace, limit, signal } = read
  const rows = await limit(() => kubernetes.listRows('Pod', namespace, { labelSelector }, signal))
  const failing = rows
    .filter(isFailing)
    .slice(0, PODS_OF_WORKLOAD)
    .map(row => row.name)
  const known = objects.filter(({ metadata }) => failing.includes(metadata.name))
  const healthy = objects.filter(object => !known.includes(object)).slice(0, HEALTHY_PODS_OF_WORKLOAD)
  const missing = failing.filter(name => !known.some(({ metadata }) => metadata.name === name))
  return [...known, ...healthy, ...(await getAll(read, 'Pod', missing))]
}

function isFailing({ cells }: TableRow): boolean {
  const [ready, all] = (cells.ready ?? '').split('/').map(Number)
  return cells.status !== 'Completed' && ((ready ?? 0) < (all ?? 0) || cells.status !== 'Running')
}

async function readRevisions({ kubernetes, namespace, limit, signal }: Read, labelSelector: string) {
  const { objects } = await limit(() =>
    kubernetes.listFirst('ReplicaSet', namespace, REPLICA_SETS_OF_WORKLOAD, { labelSelector }, signal),
  )
  const revisionOf = ({ metadata }: KubernetesObject) => Number(metadata.annotations?.[REVISION] ?? 0)
  return objects.toSorted((a, b) => revisionOf(b) - revisionOf(a)).slice(0, KEPT_REVISIONS)
}

function firstPods({ kubernetes, namespace, limit, signal }: Read, labelSelector: string) {
  return limit(() => kubernetes.listFirst('Pod', namespace, PODS_OF_WORKLOAD, { labelSelector }, signal))
}

/** The objects of these names that exist. */
async function getAll(read: Read, kind: Kind, names: readonly string[]): Promise<KubernetesObject[]> {
  const { kubernetes, namespace, limit, signal } = read
  const found = await Promise.all(
    names.map(name =>
      limit(() =>
        kubernetes.get(kind, namespace, name, signal).catch((error: unknown) => {
          if (error instanceof ExpectedError && error.kind === 'missing') return null
          throw error
        }),
      ),
    ),
  )
  return found.filter(object => object !== null)
}

function isWorkloadUnready({ kind, spec, status }: KubernetesObject): boolean {
  const number = (record: unknown, name: string, other = 0) =>
    isRecord(record) && typeof record[name] === 'number' ? record[name] : other
  if (kind === 'DaemonSet') return number(status, 'numberReady') < number(status, 'desiredNumberScheduled')
  const desired = number(spec, 'replicas', 1)
  return number(status, 'readyReplicas') < desired || number(status, 'updatedReplicas', desired) < desired
}

/** When the deployment controller last made progress: at the end of the latest rollout. */
function rolloutTimeOf({ status }: KubernetesObject): string {
  const conditions = isRecord(status) && Array.isArray(status.conditions) ? status.conditions : []
  const progressing = conditions.find(condition => isRecord(condition) && condition.type === 'Progressing')
  return isRecord(progressing) ? String(progressing.lastUpdateTime ?? '') : ''
}

function deduplicate(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return [...new Map(objects.map(object => [`${object.kind}/${object.metadata.name}`, object])).values()]
}
