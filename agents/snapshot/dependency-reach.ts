import type { Point } from '../signals/change-point.ts'
import { releaseBefore } from './changes/release-before.ts'
import { secondsOf } from './clock.ts'
import type { SnapshotView } from './index-snapshot.ts'
import { connectionFailuresOf } from './logs/connection-failures.ts'
import { probesOf } from './objects/probe.ts'
import type { Revision, Workload } from './objects/workload.ts'
import { signalOf } from './series/lookup.ts'

/** Somebody who needs a dependency: the pods of one revision of a service, or a service of which no more is known. */
export type User = { service: string; revision: string | null; names: string[]; evidence: string[] }
export type Reach = { reaching: User[]; failing: User[] }

/** Who reaches a dependency now and who does not: by the checks of each revision, by logs, and by what pods say of themselves. */
export function reachOf(view: SnapshotView, dependency: string): Reach {
  const all = [...checked(view, dependency), ...complaining(view, dependency)]
  const failing = all.filter(one => !one.isUp).map(one => one.user)
  const reaching = all.filter(one => one.isUp).map(one => one.user)
  return { failing, reaching: [...reaching, ...readyBeside(view, failing)] }
}

/**
 * The release behind it if a service lost a dependency only with its newest revision: an old pod beside it, or another
 * service, still reaches what the new pods never did. Else null: then it is the dependency that is sick.
 */
export function releaseThatLost(
  view: SnapshotView,
  service: string,
  dependency: string,
  onset: number,
): { workload: Workload; revision: Revision; reach: Reach } | null {
  const release = releaseBefore(view, service, onset)
  if (release === null) return null
  const { hash } = release.revision
  const { failing, reaching } = reachOf(view, dependency)
  const own = failing.filter(one => one.service === service)
  const isNewOnly = own.length > 0 && own.every(one => one.revision === hash && hash !== null)
  const hasReached = pointsOf(view, { service, dependency, revision: hash ?? '' }).some(([, up]) => up === 1)
  const others = reaching.filter(one => one.service !== service || one.revision !== hash)
  const couldBefore =
    reaching.some(one => one.service === service) || reachedBefore(view, service, dependency, hash)
  if (!isNewOnly || hasReached || others.length === 0 || !couldBefore) return null
  return { ...release, reach: { failing: own, reaching: others } }
}

function checked(view: SnapshotView, dependency: string): { user: User; isUp: boolean }[] {
  const perRevision = view
    .series('dependency-up-by-revision')
    .filter(series => series.labels.dependency === dependency)
  const known = new Set(perRevision.map(one => one.labels.service))
  const perService = view
    .series('dependency-up')
    .filter(series => series.labels.dependency === dependency && !known.has(series.labels.service))
  const latest = Math.max(...perRevision.flatMap(one => one.points.at(-1)?.[0] ?? []))
  return [...perRevision, ...perService].flatMap(({ labels, points, evidence }) => {
    const { service, revision = null } = labels
    const last = points.at(-1)
    // A revision that is gone says nothing about now.
    const isGone = revision !== null && (last?.[0] ?? 0) < latest - view.toleranceSeconds
    if (service === undefined || last === undefined || isGone) return []
    const names = revision === null ? [service] : podNames(view, service, revision)
    return [{ user: { service, revision, names, evidence: [evidence] }, isUp: last[1] >= 1 }]
  })
}

function complaining(view: SnapshotView, dependency: string): { user: User; isUp: boolean }[] {
  return connectionFailuresOf(view).flatMap(({ target, pod: name, evidence }) => {
    const pod = view.podNamed(name)
    const service = pod === undefined ? null : (view.workloadOfPod(pod)?.service ?? pod.service)
    if (pod === undefined || service === null || target?.service !== dependency) return []
    const up = signalOf(view, 'dependency-up', { service, dependency })?.points.at(-1)
    if (up?.[1] === 1) return []
    return [{ user: { service, revision: pod.revision, names: [name], evidence: [evidence] }, isUp: false }]
  })
}

/** Old pods that their own readiness probe calls well, beside pods that it does not: what these lack, those have. */
function readyBeside(view: SnapshotView, failing: User[]): User[] {
  const services = [...new Set(failing.filter(one => one.revision !== null).map(one => one.service))]
  return services.flatMap(service => {
    const sick = new Set(failing.filter(one => one.service === service).map(one => one.revision))
    const pods = view.workloadsOfService(service).flatMap(workload => view.livePodsOf(workload))
    const isFelt = pods.filter(pod => sick.has(pod.revision)).every(pod => pod.isReady === false)
    const old = pods.filter(
      pod =>
        pod.isReady === true &&
        pod.revision !== null &&
        !sick.has(pod.revision) &&
        probesOf(pod.object).some(probe => probe.kind === 'readinessProbe'),
    )
    return isFelt
      ? old.map(pod => ({ service, revision: pod.revision, names: [pod.name], evidence: [pod.evidence] }))
      : []
  })
}

function reachedBefore(
  view: SnapshotView,
  service: string,
  dependency: string,
  hash: string | null,
): boolean {
  const start = secondsOf(
    view
      .workloadsOfService(service)
      .flatMap(workload => view.revisionsOf(workload))
      .find(one => one.hash === hash)?.createdAt,
  )
  const known = [...view.series('dependency-up-by-revision'), ...view.series('dependency-up')].filter(
    one =>
      one.labels.service === service && one.labels.dependency === dependency && one.labels.revision !== hash,
  )
  return known.some(one => one.points.some(([time, up]) => up === 1 && start !== null && time < start))
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

/** The users by name, each once. */
export function inNames(users: User[]): string {
  return [...new Set(users.flatMap(user => user.names))].toSorted().join(', ')
}
