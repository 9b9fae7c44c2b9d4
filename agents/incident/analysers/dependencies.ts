import { findChangePoint } from '../../signals/change-point.ts'
import { degradationOnset } from '../../signals/degradation-onset.ts'
import { introducedHost } from '../../snapshot/changes/introduced-host.ts'
import { releaseBefore } from '../../snapshot/changes/release-before.ts'
import { isoOf, secondsOf } from '../../snapshot/clock.ts'
import { inNames, releaseThatLost } from '../../snapshot/dependency-reach.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { type ConnectionFailure, connectionFailuresOf } from '../../snapshot/logs/connection-failures.ts'
import { isOwnName } from '../../snapshot/logs/external-host.ts'
import { signalOf } from '../../snapshot/series/lookup.ts'
import { compareStrings } from '../../snapshot/text/compare-strings.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { Finding } from '../verdict.ts'
import { type Analyser, subjectOf } from './analyser.ts'

const DOWN = { worse: 'down', minAbsolute: 0.5, minRelative: 0 } as const

type Sign = {
  service: string
  dependency: string
  /** null: its log does not reach back to its beginning. */
  onset: number | null
  evidence: string[]
  line: string | null
  isItsOwnWord: boolean
  how: ConnectionFailure['how'] | null
}

/** Things outside of the namespace's own services that are down or refuse connections, and who suffers from it. */
export const dependencies: Analyser = view => {
  const refusals = connectionFailuresOf(view)
  const signs = [...checked(view, refusals), ...logged(view, refusals)].filter(
    one =>
      one.how === 'expired' ||
      isOutside(view, one.dependency) ||
      (one.isItsOwnWord && isWell(view, one.dependency)),
  )
  const groups = Map.groupBy(signs, sign => sign.dependency)
  return [...groups]
    .toSorted(([a], [b]) => compareStrings(a, b))
    .flatMap(([dependency, group]) =>
      cameWithReleases(view, dependency, group)
        ? []
        : (lostByReleases(view, dependency, group) ?? [finding(view, dependency, group)]),
    )
}

/** What the services' own checks say. */
function checked(view: SnapshotView, refusals: ConnectionFailure[]): Sign[] {
  return view.series('dependency-up').flatMap(({ labels, points, evidence }) => {
    const { service, dependency } = labels
    const last = points.at(-1)
    const onset = findChangePoint(points, DOWN)
    const isDown = last !== undefined && last[1] < 1
    if (service === undefined || dependency === undefined || (onset === null && !isDown)) return []
    if (onset !== null && !onset.isOngoing && onset.at < view.since - view.recentSeconds) return []
    const line = refusals.find(
      refusal =>
        serviceOf(view, refusal.pod) === service &&
        (refusal.target === null || refusal.target.service === dependency),
    )
    const start = onset?.at ?? points.find(([, value]) => value < 1)?.[0] ?? view.since
    return [
      {
        service,
        dependency,
        onset: start,
        evidence: [evidence, ...(line === undefined ? [] : [line.evidence])],
        line: line?.line ?? null,
        isItsOwnWord: line?.isItsOwnWord === true,
        how: line?.how ?? null,
      },
    ]
  })
}

/** What their logs say, where nothing checks. */
function logged(view: SnapshotView, refusals: ConnectionFailure[]): Sign[] {
  return refusals.flatMap(refusal => {
    const service = serviceOf(view, refusal.pod)
    const target = refusal.target?.service
    if (target === undefined || service === null || isKnownUp(view, service, target)) return []
    if (refusal.unknownHost !== null && isOwnName(view, refusal.unknownHost)) return []
    return [
      {
        service,
        dependency: target,
        onset: secondsOf(refusal.at),
        evidence: [refusal.evidence],
        line: refusal.line,
        isItsOwnWord: refusal.isItsOwnWord,
        how: refusal.how,
      },
    ]
  })
}

/** A check that works now outweighs a refusal that was logged before, for example while the process started. */
function isKnownUp(view: SnapshotView, service: string, dependency: string): boolean {
  const last = signalOf(view, 'dependency-up', { service, dependency })?.points.at(-1)
  return last !== undefined && last[1] === 1
}

function finding(view: SnapshotView, dependency: string, group: Sign[]): Finding {
  const services = [...new Set(group.map(one => one.service))].toSorted()
  const line = group.find(one => one.line !== null)?.line ?? null
  const who = services.join(' and ')
  const onsets = group.flatMap(one => one.onset ?? [])
  const hows = group.map(one => one.how)
  return {
    code: codeOf(hows),
    subject: { kind: 'ExternalDependency', namespace: view.namespace, name: dependency },
    // It belongs to nobody; the chain finds who uses it.
    service: null,
    onset: onsets.length === 0 ? null : isoOf(Math.min(...onsets)),
    message: `${dependency} ${doing(hows)} ${who}${line === null ? '' : `: ${quote(line)}`}`,
    evidence: [...new Set(group.flatMap(one => one.evidence))],
  }
}

function codeOf(hows: Sign['how'][]): string {
  if (hows.includes('expired')) return 'CERTIFICATE_EXPIRED'
  return hows.includes('refused') ? 'DEPENDENCY_REFUSES_CONNECTIONS' : 'DEPENDENCY_DOWN'
}

function doing(hows: Sign['how'][]): string {
  if (hows.includes('expired')) return 'shows an expired certificate to'
  return hows.includes('refused') ? 'refuses' : 'does not answer'
}

/**
 * A host that only logs know, and only those of services that were released: if the release named it, or the trouble began
 * with the release, then the release is what has to be looked at.
 */
function cameWithReleases(view: SnapshotView, dependency: string, group: Sign[]): boolean {
  const isChecked = view.series('dependency-up').some(series => series.labels.dependency === dependency)
  const isHere = !isOutside(view, dependency) || view.objectNamed('Service', dependency) !== undefined
  if (isChecked || isHere) return false
  return group.every(({ service, how }) => {
    if (introducedHost(view, service, dependency)) return true
    const trouble = degradationOnset(view, service) ?? view.since
    const revision = releaseBefore(view, service, trouble)?.revision
    const at = secondsOf(revision?.createdAt)
    return how !== 'expired' && at !== null && trouble - at <= 3 * view.toleranceSeconds
  })
}

function serviceOf(view: SnapshotView, podName: string): string | null {
  const pod = view.podNamed(podName)
  return pod === undefined ? null : (view.workloadOfPod(pod)?.service ?? pod.service)
}

/** Where only pods of new revisions fail to reach it, it is their releases that are wrong: a host, a port, a credential. */
function lostByReleases(view: SnapshotView, dependency: string, group: Sign[]): Finding[] | null {
  const perService = [...Map.groupBy(group, one => one.service)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const lost = perService.flatMap(([service, signs]) => {
    const onset = Math.min(...signs.map(sign => sign.onset ?? view.since))
    const release = releaseThatLost(view, service, dependency, onset)
    if (release === null) return []
    const { workload, revision, reach } = release
    const line = signs.find(sign => sign.line !== null)?.line ?? null
    return [
      {
        code: 'REVISION_CUT_OFF',
        subject: subjectOf(workload),
        service,
        onset: isoOf(onset),
        message: `pods of revision ${revision.number} (${inNames(reach.failing)}) do not reach ${dependency}, while ${inNames(reach.reaching)} do${line === null ? '' : `: ${quote(line)}`}`,
        evidence: [
          ...new Set([
            ...signs.flatMap(sign => sign.evidence),
            revision.evidence,
            ...[...reach.failing, ...reach.reaching].flatMap(one => one.evidence),
          ]),
        ],
      },
    ]
  })
  return lost.length === perService.length ? lost : null
}

/** A dependency that is one of the namespace's own workloads has findings of its own. */
function isOutside(view: SnapshotView, dependency: string): boolean {
  return view.workloadsOfService(dependency).length === 0 && view.workloadNamed(dependency) === undefined
}

/** A workload of ours that runs as it should and refuses in its own words, as a database does, is sick in a way no object tells. */
function isWell(view: SnapshotView, dependency: string): boolean {
  const workloads = view.workloadsOfService(dependency)
  return (
    workloads.length > 0 &&
    workloads.every(workload => workload.desired !== null && workload.ready >= workload.desired)
  )
}
