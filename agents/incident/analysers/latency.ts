import { type ChangePoint, findChangePoint } from '../../signals/change-point.ts'
import { compareRevisions } from '../../signals/revision-comparison.ts'
import { measureSelfTime } from '../../signals/self-time.ts'
import { SLOWER } from '../../signals/thresholds.ts'
import { findReleaseBefore } from '../../snapshot/changes/find-release-before.ts'
import { isoOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { CALLS, CHANGES, mergeNeeds } from '../../snapshot/needs.ts'
import { type Signal, signalOf } from '../../snapshot/series/lookup.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { subjectOf, subjectOfService } from '../findings/subject.ts'
import { POD_TEMPLATE, SETTINGS } from './change-patterns.ts'
import { defineAnalyser } from './define-analyser.ts'

/** A service is itself slower if it accounts for at least this share of the added latency. Chosen, not fitted. */
const OWN_SHARE = 0.4

/** Services that became slower, and whether they add the latency themselves or wait for what they call. */
export const latency = defineAnalyser({
  needs: mergeNeeds(CALLS, CHANGES, {
    signals: ['latency-mean', 'latency-p95', 'latency-mean-by-revision', 'request-rate', 'upstream-latency'],
  }),
  findings: {
    REVISION_SLOWER: {
      title: 'A release made its service slower.',
      layer: 'process-failure',
      kind: 'behaviour',
      basis: 'self-share',
      effects: ['slow', 'timeouts'],
      cause: { plain: 'RELEASE_SLOW' },
      mechanism: POD_TEMPLATE,
      explainedBy: ['slow'],
      fault: 'slowness',
      revisionSignal: 'latency-mean-by-revision',
    },
    SERVICE_SLOW: {
      title: 'A service became slower on its own, without a release.',
      layer: 'process-failure',
      kind: 'behaviour',
      basis: 'self-share',
      effects: ['slow', 'timeouts'],
      cause: { plain: 'SERVICE_SLOW' },
      mechanism: SETTINGS,
      explainedBy: ['slow'],
      fault: 'slowness',
    },
    LATENCY_UP: {
      title: 'The latency of a service has risen.',
      layer: 'user-impact',
      kind: 'symptom',
      basis: 'measurement',
      effects: ['slow', 'timeouts'],
      cause: null,
      mechanism: null,
      explainedBy: ['slow'],
      canComeFromCallee: true,
      isUserVisible: true,
    },
  },
  run: view => {
    const services = new Set(view.series('latency-mean').flatMap(series => series.labels.service ?? []))
    return [...services].toSorted().flatMap(service => findSlowness(view, service))
  },
})

type LatencyFinding = FindingOf<'LATENCY_UP' | 'SERVICE_SLOW' | 'REVISION_SLOWER'>

function findSlowness(view: SnapshotView, service: string): LatencyFinding[] {
  const mean = signalOf(view, 'latency-mean', { service })
  const tail = signalOf(view, 'latency-p95', { service })
  const slower = findSlowerSignal(view, mean, tail)
  if (slower === null) return []
  const { onset, signal } = slower
  const subject = subjectOfService(view, service)
  const base = { subject, service, onset: isoOf(onset.at) }
  const symptom: LatencyFinding = {
    code: 'LATENCY_UP',
    ...base,
    message: `${signal === tail ? 'p95' : 'mean'} latency of ${service} rose from ${formatLatency(onset.before)} to ${formatLatency(onset.after)}`,
    evidence: [signal.evidence],
  }
  const own = measureSelfTime(view, service, onset.at)
  if (own === null || own.share < OWN_SHARE || own.own < SLOWER.minAbsolute / 2) return [symptom]

  const release = findReleaseBefore(view, service, onset.at)
  const compared = release === null ? null : compareToOldRevisions(view, service, release.revision.hash)
  const ownLatency = `${service} accounts for ${formatLatency(own.own)} of the ${formatLatency(own.total)} added per request`
  if (release === null || (compared !== null && compared.effect < own.own / 3))
    return [symptom, { code: 'SERVICE_SLOW', ...base, message: ownLatency, evidence: own.evidence }]
  const pods =
    compared === null
      ? ''
      : ` (new pods: ${formatLatency(compared.new)}, old pods: ${formatLatency(compared.old)})`
  return [
    symptom,
    {
      code: 'REVISION_SLOWER',
      ...base,
      subject: subjectOf(release.workload),
      message: `${ownLatency} since revision ${release.revision.number}${pods}`,
      evidence: [
        ...new Set([
          ...own.evidence,
          release.revision.evidence,
          ...(compared === null ? [] : [compared.evidence]),
        ]),
      ],
    },
  ]
}

/** The mean comes first, because self time is computed on it; the tail finds what affects only some requests. */
function findSlowerSignal(
  view: SnapshotView,
  mean: Signal | null,
  tail: Signal | null,
): { onset: ChangePoint; signal: Signal } | null {
  for (const signal of [mean, tail]) {
    const onset = signal === null ? null : findChangePoint(signal.points, SLOWER)
    if (signal !== null && onset?.isOngoing && onset.at > view.since - view.recentSeconds)
      return { onset, signal }
  }
  return null
}

/** Mean latencies in seconds of the new revision and of those before it, or null where they cannot be compared. */
function compareToOldRevisions(view: SnapshotView, service: string, hash: string | null) {
  const all = view.series('latency-mean-by-revision').filter(series => series.labels.service === service)
  const newer = all.find(series => series.labels.revision === hash)
  const older = all.filter(series => series.labels.revision !== hash).flatMap(series => series.points)
  if (newer === undefined || older.length === 0) return null
  const compared = compareRevisions(newer.points, older, SLOWER.minAbsolute)
  return compared === null ? null : { ...compared, evidence: newer.evidence }
}

function formatLatency(seconds: number): string {
  return seconds >= 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds * 1000)} ms`
}
