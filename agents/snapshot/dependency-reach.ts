import type { Point } from '../signals/change-point.ts'
import { findReleaseBefore } from './changes/find-release-before.ts'
import { secondsOf } from './clock.ts'
import type { SnapshotView } from './index-snapshot.ts'
import { connectionFailuresOf } from './logs/connection-failures.ts'
import { probesOf } from './objects/probe.ts'
import type { Revision, Workload } from './objects/workload.ts'
import { signalOf } from './series/lookup.ts'

/** A client of a dependency: the pods of one revision of a service, or the service where the revision is not known. */
export type DependencyClient = {
  service: string
  revision: string | null
  names: string[]
  evidence: string[]
}
export type Reach = { reaching: DependencyClient[]; failing: DependencyClient[] }

/** Which clients reach a dependency now and which do not, by the checks of each revision, by logs and by readiness. */
export function reachOf(view: SnapshotView, dependency: string): Reach {
  const all = [...checkedClients(view, dependency), ...clientsInLogs(view, dependency)]
  const failing = all.filter(({ isUp }) => !isUp).map(({ client }) => client)
  const reaching = all.filter(({ isUp }) => isUp).map(({ client }) => client)
  return { failing, reaching: [...reaching, ...readyOldPods(view, failing)] }
}

/**
 * The release after which a service lost a dependency: only its newest pods fail, which never reached it, while an old pod or
 * another service still does. Null otherwise: then the dependency itself is unhealthy.
 */
export function findReleaseThatLostDependency(
  view: SnapshotView,
  service: string,
  dependency: string,
  onset: number,
): { workload: Workload; revision: Revision; reach: Reach } | null {
  const release = findReleaseBefore(view, service, onset)
  if (release === null) return null
  const { hash } = release.revision
  const { failing, reaching } = reachOf(view, dependency)
  const own = failing.filter(client => client.service === service)
  const isNewOnly = own.length > 0 && own.every(({ revision }) => revision === hash && hash !== null)
  const hasReached = pointsOf(view, { service, dependency, revision: hash ?? '' }).some(([, up]) => up === 1)
  const others = reaching.filter(client => client.service !== service || client.revision !== hash)
  const reachedItBefore =
    reaching.some(client => client.service === service) || hasReachedBefore(view, service, dependency, hash)
  if (!isNewOnly || hasReached || others.length === 0 || !reachedItBefore) return null
  return { ...release, reach: { failing: own, reaching: others } }
}

function checkedClients(
  view: SnapshotView,
  dependency: string,
): { client: DependencyClient; isUp: boolean }[] {
  const perRevision = view
    .series('dependency-up-by-revision')
    .filter(series => series.labels.dependency === dependency)
  const known = new Set(perRevision.map(({ labels }) => labels.service))
  const perService = view
    .series('dependency-up')
    .filter(series => series.labels.dependency === dependency && !known.has(series.labels.service))
  const latest = Math.max(...perRevision.flatMap(({ points }) => points.at(-1)?.[0] ?? []))
  return [...perRevision, ...perService].flatMap(({ labels, points, evidence }) => {
    const { service, revision = null } = labels
    const last = points.at(-1)
    // The last point of a revision that is gone is not about now.
    const isGone = revision !== null && (last?.[0] ?? 0) < latest - view.toleranceSeconds
    if (service === undefined || last === undefined || isGone) return []
    const names = revision === null ? [service] : podNames(view, service, revision)
    return [{ client: { service, revision, names, evidence: [evidence] }, isUp: last[1] >= 1 }]
  })
}

function clientsInLogs(
  view: SnapshotView,
  dependency: string,
): { client: DependencyClient; isUp: boolean }[] {
  return connectionFailuresOf(view).flatMap(({ target, pod: name, evidence }) => {
    const pod = view.podNamed(name)
    const service = pod === undefined ? null : (view.workloadOfPod(pod)?.service ?? pod.service)
    if (pod === undefined || service === null || target?.service !== dependency) return []
    const up = signalOf(view, 'dependency-up', { service, dependency })?.points.at(-1)
    if (up?.[1] === 1) return []
    return [{ client: { service, revision: pod.revision, names: [name], evidence: [evidence] }, isUp: false }]
  })
}

/** Old pods that are ready beside failing pods that are not: the readiness probe shows that they reach the dependency. */
function readyOldPods(view: SnapshotView, failing: DependencyClient[]): DependencyClient[] {
  const services = [
    ...new Set(failing.filter(({ revision }) => revision !== null).map(({ service }) => service)),
  ]
  return services.flatMap(service => {
    const unhealthy = new Set(
      failing.filter(client => client.service === service).map(({ revision }) => revision),
    )
    const pods = view.workloadsOfService(service).flatMap(workload => view.livePodsOf(workload))
    const isProbed = pods.filter(pod => unhealthy.has(pod.revision)).every(pod => pod.isReady === false)
    const old = pods.filter(
      pod =>
        pod.isReady === true &&
        pod.revision !== null &&
        !unhealthy.has(pod.revision) &&
        probesOf(pod.object).some(probe => probe.kind === 'readinessProbe'),
    )
    return isProbed
      ? old.map(pod => ({ service, revision: pod.revision, names: [pod.name], evidence: [pod.evidence] }))
      : []
  })
}

function hasReachedBefore(
  view: SnapshotView,
  service: string,
  dependency: string,
  hash: string | null,
): boolean {
  const start = secondsOf(
    view
      .workloadsOfService(service)
      .flatMap(workload => view.revisionsOf(workload))
      .find(revision => revision.hash === hash)?.createdAt,
  )
  const known = [...view.series('dependency-up-by-revision'), ...view.series('dependency-up')].filter(
    ({ labels }) =>
      labels.service === service && labels.dependency === dependency && labels.revision !== hash,
  )
  return known.some(({ points }) => points.some(([time, up]) => up === 1 && start !== null && time < start))
}

function pointsOf(view: SnapshotView, labels: Record<string, string>): readonly Point[] {
  return signalOf(view, 'dependency-up-by-revision', labels)?.points ?? []
}

function podNames(view: SnapshotView, service: string, revision: string): string[] {
  const pods = view
    .workloadsOfService(service)
    .flatMap(workload => view.livePodsOf(workload))
    .filter(pod => pod.revision === revision)
  return pods.length === 0 ? [`${service} of revision ${revision}`] : pods.map(pod => pod.name)
}

/** The names of clients as one text, each once. */
export function listClientNames(clients: DependencyClient[]): string {
  return [...new Set(clients.flatMap(({ names }) => names))].toSorted().join(', ')
}
