import { joinWords } from '@goalixa/chassis/join-words'
import { findChangePoint } from '../../signals/change-point.ts'
import { findDegradationOnset } from '../../signals/find-degradation-onset.ts'
import { findReleaseBefore } from '../../snapshot/changes/find-release-before.ts'
import { hasIntroducedHost } from '../../snapshot/changes/has-introduced-host.ts'
import { isoOf, secondsOf } from '../../snapshot/clock.ts'
import { findReleaseThatLostDependency, listClientNames } from '../../snapshot/dependency-reach.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { type ConnectionFailure, connectionFailuresOf } from '../../snapshot/logs/connection-failures.ts'
import { isServiceHost } from '../../snapshot/logs/external-host.ts'
import { CHANGES, CONNECTION_FAILURES, mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { signalOf } from '../../snapshot/series/lookup.ts'
import { compareStrings } from '../../snapshot/text/compare-strings.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { externalDependency, serviceOfPod, subjectOf, subjectOfPod } from '../findings/subject.ts'
import { POD_TEMPLATE } from './change-patterns.ts'
import { defineAnalyser } from './define-analyser.ts'

// A check is 1 or 0, so any fall of its median counts.
const DOWN = { worse: 'down', minAbsolute: 0.5, minRelative: 0 } as const

/** A service that fails to use a dependency, as its own check or its log shows. */
type Failure = {
  service: string
  dependency: string
  /** Unix seconds; null: the log does not reach back to it. */
  onset: number | null
  evidence: string[]
  line: string | null
  isAnsweredByTarget: boolean
  isExhausted: boolean
  how: ConnectionFailure['how'] | null
}

/** Dependencies outside the namespace's own services that are down, refuse connections or present an expired certificate. */
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
      advice: 'Restore the dependency. No release caused this, so none is rolled back.',
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
        'Check the dependency: its connection limits, its roles, whether it is running. No release caused this, so none is rolled back.',
    },
    CERTIFICATE_EXPIRED: {
      title: 'A certificate that a service relies on has expired.',
      layer: 'infrastructure',
      kind: 'environment',
      basis: 'measurement',
      effects: ['errors', 'slow', 'down', 'start'],
      cause: { plain: 'CERTIFICATE_EXPIRED' },
      mechanism: null,
      advice: 'Renew the certificate. A rollback would not.',
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
  run: view => [...findUnreachableDependencies(view), ...mergeFindings(findUnattributedExpiries(view))],
})

type DependencyCode = 'DEPENDENCY_DOWN' | 'DEPENDENCY_REFUSES_CONNECTIONS' | 'CERTIFICATE_EXPIRED'

function findUnreachableDependencies(view: SnapshotView): FindingOf<DependencyCode | 'REVISION_CUT_OFF'>[] {
  const logged = connectionFailuresOf(view)
  const failures = [...failuresByCheck(view, logged), ...failuresByLog(view, logged)].filter(
    failure =>
      failure.how === 'expired' ||
      isOutside(view, failure.dependency) ||
      (failure.isAnsweredByTarget && isHealthy(view, failure.dependency)),
  )
  const groups = Map.groupBy(failures, failure => failure.dependency)
  return [...groups]
    .toSorted(([a], [b]) => compareStrings(a, b))
    .flatMap(([dependency, group]): FindingOf<DependencyCode | 'REVISION_CUT_OFF'>[] =>
      isIntroducedByReleases(view, dependency, group)
        ? []
        : (findCutOffRevisions(view, dependency, group) ?? [unreachableFinding(view, dependency, group)]),
    )
}

/** Expired certificates in logs that do not name their holder: only the client is known. */
function findUnattributedExpiries(view: SnapshotView): FindingOf<'CERTIFICATE_EXPIRED'>[] {
  return connectionFailuresOf(view).flatMap(({ how, target, pod: podName, line, at, evidence }) => {
    const pod = view.podNamed(podName)
    if (how !== 'expired' || target !== null || pod === undefined) return []
    return [
      {
        code: 'CERTIFICATE_EXPIRED',
        subject: subjectOfPod(view, pod),
        service: serviceOfPod(view, pod),
        onset: at,
        message: `${serviceOfPod(view, pod) ?? podName} cannot connect because a certificate has expired: ${quote(line)}`,
        evidence: [evidence],
      },
    ]
  })
}

/** Failures that the services' own dependency checks report. */
function failuresByCheck(view: SnapshotView, logged: ConnectionFailure[]): Failure[] {
  return view.series('dependency-up').flatMap(({ labels, points, evidence }) => {
    const { service, dependency } = labels
    const last = points.at(-1)
    const onset = findChangePoint(points, DOWN)
    const isDown = last !== undefined && last[1] < 1
    if (service === undefined || dependency === undefined || (onset === null && !isDown)) return []
    if (onset !== null && !onset.isOngoing && onset.at < view.since - view.recentSeconds) return []
    const line = logged.find(
      ({ pod, target }) =>
        serviceOf(view, pod) === service && (target === null || target.service === dependency),
    )
    const start = onset?.at ?? points.find(([, value]) => value < 1)?.[0] ?? view.since
    return [
      {
        service,
        dependency,
        onset: start,
        evidence: [evidence, ...(line === undefined ? [] : [line.evidence])],
        line: line?.line ?? null,
        isAnsweredByTarget: line?.isAnsweredByTarget === true,
        isExhausted: line?.isExhausted === true,
        how: line?.how ?? null,
      },
    ]
  })
}

/** Failures that the services log, where no check reports them. */
function failuresByLog(view: SnapshotView, logged: ConnectionFailure[]): Failure[] {
  return logged.flatMap(failure => {
    const service = serviceOf(view, failure.pod)
    const target = failure.target?.service
    if (target === undefined || service === null || isKnownUp(view, service, target)) return []
    if (failure.unknownHost !== null && isServiceHost(view, failure.unknownHost)) return []
    return [
      {
        service,
        dependency: target,
        onset: secondsOf(failure.at),
        evidence: [failure.evidence],
        line: failure.line,
        isAnsweredByTarget: failure.isAnsweredByTarget,
        isExhausted: failure.isExhausted,
        how: failure.how,
      },
    ]
  })
}

/** A check that succeeds now outweighs an older log line, for example from when the process started. */
function isKnownUp(view: SnapshotView, service: string, dependency: string): boolean {
  const last = signalOf(view, 'dependency-up', { service, dependency })?.points.at(-1)
  return last !== undefined && last[1] === 1
}

function unreachableFinding(
  view: SnapshotView,
  dependency: string,
  group: Failure[],
): FindingOf<DependencyCode> {
  const clients = joinWords([...new Set(group.map(failure => failure.service))].toSorted())
  const line = group.find(failure => failure.line !== null)?.line ?? null
  const onsets = group.flatMap(failure => failure.onset ?? [])
  const hows = group.map(failure => failure.how)
  return {
    code: codeOf(hows),
    subject: externalDependency(view, dependency),
    // No service of the namespace owns it; the causal chain finds its clients.
    service: null,
    onset: onsets.length === 0 ? null : isoOf(Math.min(...onsets)),
    ...(group.some(failure => failure.isExhausted) ? { detail: { kind: 'connections-exhausted' } } : {}),
    message: `${dependency} ${describeFailure(hows)} ${clients}${line === null ? '' : `: ${quote(line)}`}`,
    evidence: [...new Set(group.flatMap(failure => failure.evidence))],
  }
}

function codeOf(hows: Failure['how'][]): DependencyCode {
  if (hows.includes('expired')) return 'CERTIFICATE_EXPIRED'
  return hows.includes('refused') ? 'DEPENDENCY_REFUSES_CONNECTIONS' : 'DEPENDENCY_DOWN'
}

function describeFailure(hows: Failure['how'][]): string {
  if (hows.includes('expired')) return 'presents an expired certificate to'
  return hows.includes('refused') ? 'refuses connections from' : 'does not answer'
}

/**
 * Whether releases are suspect rather than the host: only logs mention it, and every service that logs it was released with
 * that host in the change, or degraded at its release.
 */
function isIntroducedByReleases(view: SnapshotView, dependency: string, group: Failure[]): boolean {
  const isChecked = view.series('dependency-up').some(series => series.labels.dependency === dependency)
  const isHere = !isOutside(view, dependency) || view.objectNamed('Service', dependency) !== undefined
  if (isChecked || isHere) return false
  return group.every(({ service, how }) => {
    if (hasIntroducedHost(view, service, dependency)) return true
    const onset = findDegradationOnset(view, service) ?? view.since
    const revision = findReleaseBefore(view, service, onset)?.revision
    const at = secondsOf(revision?.createdAt)
    return how !== 'expired' && at !== null && onset - at <= 3 * view.toleranceSeconds
  })
}

function serviceOf(view: SnapshotView, podName: string): string | null {
  const pod = view.podNamed(podName)
  return pod === undefined ? null : (view.workloadOfPod(pod)?.service ?? pod.service)
}

/**
 * Where only pods of new revisions fail to reach the dependency, their releases are at fault: a host, a port, a credential.
 * Null where that does not hold for every affected service.
 */
function findCutOffRevisions(
  view: SnapshotView,
  dependency: string,
  group: Failure[],
): FindingOf<'REVISION_CUT_OFF'>[] | null {
  const perService = [...Map.groupBy(group, failure => failure.service)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  )
  const cutOff = perService.flatMap(([service, failures]) => {
    const onset = Math.min(...failures.map(failure => failure.onset ?? view.since))
    const release = findReleaseThatLostDependency(view, service, dependency, onset)
    if (release === null) return []
    const { workload, revision, reach } = release
    const line = failures.find(failure => failure.line !== null)?.line ?? null
    return [
      {
        code: 'REVISION_CUT_OFF' as const,
        subject: subjectOf(workload),
        service,
        onset: isoOf(onset),
        message: `pods of revision ${revision.number} (${listClientNames(reach.failing)}) cannot reach ${dependency}, while ${listClientNames(reach.reaching)} can${line === null ? '' : `: ${quote(line)}`}`,
        evidence: [
          ...new Set([
            ...failures.flatMap(failure => failure.evidence),
            revision.evidence,
            ...[...reach.failing, ...reach.reaching].flatMap(client => client.evidence),
          ]),
        ],
      },
    ]
  })
  return cutOff.length === perService.length ? cutOff : null
}

/** A dependency that is a workload of the namespace has findings of its own. */
function isOutside(view: SnapshotView, dependency: string): boolean {
  return view.workloadsOfService(dependency).length === 0 && view.workloadNamed(dependency) === undefined
}

/** A workload of the namespace whose pods are all ready may still refuse clients by itself, as a database does: no object shows that. */
function isHealthy(view: SnapshotView, dependency: string): boolean {
  const workloads = view.workloadsOfService(dependency)
  return (
    workloads.length > 0 &&
    workloads.every(workload => workload.desired !== null && workload.ready >= workload.desired)
  )
}
