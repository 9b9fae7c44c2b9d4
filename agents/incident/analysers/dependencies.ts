import { findChangePoint } from '../../signals/change-point.ts'
import { degradationOnset } from '../../signals/degradation-onset.ts'
import { introducedHost } from '../../snapshot/changes/introduced-host.ts'
import { releaseBefore } from '../../snapshot/changes/release-before.ts'
import { isoOf, secondsOf } from '../../snapshot/clock.ts'
import { inNames, releaseThatLost } from '../../snapshot/dependency-reach.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { type ConnectionFailure, connectionFailuresOf } from '../../snapshot/logs/connection-failures.ts'
import { isOwnName } from '../../snapshot/logs/external-host.ts'
import { CHANGES, CONNECTION_FAILURES, mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { signalOf } from '../../snapshot/series/lookup.ts'
import { compareStrings } from '../../snapshot/text/compare-strings.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { externalDependency, serviceOfPod, subjectOf, subjectOfPod } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'
import { POD_TEMPLATE } from './mechanisms.ts'

const DOWN = { worse: 'down', minAbsolute: 0.5, minRelative: 0 } as const

type Sign = {
  service: string
  dependency: string
  /** null: its log does not reach back to its beginning. */
  onset: number | null
  evidence: string[]
  line: string | null
  isItsOwnWord: boolean
  isExhausted: boolean
  how: ConnectionFailure['how'] | null
}

/** Things outside of the namespace's own services that are down, refuse connections or show an expired certificate. */
export const dependencies = defineAnalyser({
  needs: mergeNeeds(PODS, CONNECTION_FAILURES, CHANGES, {
    signals: ['dependency-up', 'dependency-up-by-revision', 'error-ratio', 'latency-mean'],
  }),
  findings: {
    DEPENDENCY_DOWN: {
      title: 'A dependency does not answer.',
      layer: 'infrastructure',
      kind: 'environment',
      basis: 'measurement',
      effects: ['errors', 'slow', 'down'],
      cause: { plain: 'DEPENDENCY_DOWN' },
      mechanism: null,
      advice: 'Bring the dependency back; no release is behind this, so none is rolled back.',
    },
    DEPENDENCY_REFUSES_CONNECTIONS: {
      title: 'A dependency refuses connections.',
      layer: 'infrastructure',
      kind: 'environment',
      basis: 'measurement',
      effects: ['errors', 'slow', 'down'],
      cause: { plain: 'DEPENDENCY_REFUSES_CONNECTIONS' },
      mechanism: null,
      advice:
        'Look at the dependency: its connection limits, its roles, whether it runs. No release is behind this, so none is rolled back.',
    },
    CERTIFICATE_EXPIRED: {
      title: 'The certificate of something that a service calls has expired.',
      layer: 'infrastructure',
      kind: 'environment',
      basis: 'measurement',
      effects: ['errors', 'slow', 'down', 'start'],
      cause: { plain: 'CERTIFICATE_EXPIRED' },
      mechanism: null,
      advice: 'Renew the certificate; taking back a release would not.',
    },
    REVISION_CUT_OFF: {
      title: 'New pods cannot connect to a dependency that the previous revision reaches.',
      layer: 'process-over-time',
      kind: 'behaviour',
      basis: 'comparison',
      effects: ['start', 'errors'],
      cause: { plain: 'RELEASE_CANNOT_CONNECT' },
      mechanism: POD_TEMPLATE,
      revisionSignal: 'error-ratio-by-revision',
    },
  },
  run: view => [...unreachableDependencies(view), ...mergeFindings(unattributedExpiries(view))],
})

type DependencyCode = 'DEPENDENCY_DOWN' | 'DEPENDENCY_REFUSES_CONNECTIONS' | 'CERTIFICATE_EXPIRED'

function unreachableDependencies(view: SnapshotView): FindingOf<DependencyCode | 'REVISION_CUT_OFF'>[] {
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
    .flatMap(([dependency, group]): FindingOf<DependencyCode | 'REVISION_CUT_OFF'>[] =>
      cameWithReleases(view, dependency, group)
        ? []
        : (lostByReleases(view, dependency, group) ?? [unreachable(view, dependency, group)]),
    )
}

/** Certificates that expired, by logs that do not say whose: then only who needs it is known. */
function unattributedExpiries(view: SnapshotView): FindingOf<'CERTIFICATE_EXPIRED'>[] {
  return connectionFailuresOf(view).flatMap(({ how, target, pod: podName, line, at, evidence }) => {
    const pod = view.podNamed(podName)
    if (how !== 'expired' || target !== null || pod === undefined) return []
    return [
      {
        code: 'CERTIFICATE_EXPIRED',
        subject: subjectOfPod(view, pod),
        service: serviceOfPod(view, pod),
        onset: at,
        message: `${serviceOfPod(view, pod) ?? podName} meets an expired certificate: ${quote(line)}`,
        evidence: [evidence],
      },
    ]
  })
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
        isExhausted: line?.isExhausted === true,
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
        isExhausted: refusal.isExhausted,
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

function unreachable(view: SnapshotView, dependency: string, group: Sign[]): FindingOf<DependencyCode> {
  const services = [...new Set(group.map(one => one.service))].toSorted()
  const line = group.find(one => one.line !== null)?.line ?? null
  const who = services.join(' and ')
  const onsets = group.flatMap(one => one.onset ?? [])
  const hows = group.map(one => one.how)
  return {
    code: codeOf(hows),
    subject: externalDependency(view, dependency),
    // It belongs to nobody; the chain finds who uses it.
    service: null,
    onset: onsets.length === 0 ? null : isoOf(Math.min(...onsets)),
    ...(group.some(sign => sign.isExhausted) ? { detail: { kind: 'connections-exhausted' } } : {}),
    message: `${dependency} ${doing(hows)} ${who}${line === null ? '' : `: ${quote(line)}`}`,
    evidence: [...new Set(group.flatMap(one => one.evidence))],
  }
}

function codeOf(hows: Sign['how'][]): DependencyCode {
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
function lostByReleases(
  view: SnapshotView,
  dependency: string,
  group: Sign[],
): FindingOf<'REVISION_CUT_OFF'>[] | null {
  const perService = [...Map.groupBy(group, one => one.service)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const lost = perService.flatMap(([service, signs]) => {
    const onset = Math.min(...signs.map(sign => sign.onset ?? view.since))
    const release = releaseThatLost(view, service, dependency, onset)
    if (release === null) return []
    const { workload, revision, reach } = release
    const line = signs.find(sign => sign.line !== null)?.line ?? null
    return [
      {
        code: 'REVISION_CUT_OFF' as const,
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
