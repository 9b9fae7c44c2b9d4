import { type ChangePoint, findChangePoint } from '../../signals/change-point.ts'
import { compareRevisions } from '../../signals/revision-comparison.ts'
import { selfTime } from '../../signals/self-time.ts'
import { SLOWER } from '../../signals/thresholds.ts'
import { releaseBefore } from '../../snapshot/changes/release-before.ts'
import { isoOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { CALLS, CHANGES, mergeNeeds } from '../../snapshot/needs.ts'
import { type Signal, signalOf } from '../../snapshot/series/lookup.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { subjectOf, subjectOfService } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'
import { POD_TEMPLATE, SETTINGS } from './mechanisms.ts'

/** A service is the one that got slower if it adds this share of the seconds itself. */
const OWN_SHARE = 0.4

/** Services that became slower, and whether they add the seconds themselves or only wait for others. */
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
      title: 'A service became slower by itself, without a release.',
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
      title: 'A service answers more slowly.',
      layer: 'user-impact',
      kind: 'symptom',
      basis: 'measurement',
      effects: ['slow', 'timeouts'],
      cause: null,
      mechanism: null,
      explainedBy: ['slow'],
      canComeFromCallee: true,
      isFeltByUsers: true,
    },
  },
  run: view => {
    const services = new Set(view.series('latency-mean').flatMap(series => series.labels.service ?? []))
    return [...services].toSorted().flatMap(service => slowness(view, service))
  },
})

type LatencyFinding = FindingOf<'LATENCY_UP' | 'SERVICE_SLOW' | 'REVISION_SLOWER'>

function slowness(view: SnapshotView, service: string): LatencyFinding[] {
  const mean = signalOf(view, 'latency-mean', { service })
  const tail = signalOf(view, 'latency-p95', { service })
  const slower = firstOf(view, mean, tail)
  if (slower === null) return []
  const { onset, signal } = slower
  const subject = subjectOfService(view, service)
  const base = { subject, service, onset: isoOf(onset.at) }
  const symptom: LatencyFinding = {
    code: 'LATENCY_UP',
    ...base,
    message: `${service} became slower: ${milliseconds(onset.before)} → ${milliseconds(onset.after)} (${signal === tail ? 'p95' : 'mean'})`,
    evidence: [signal.evidence],
  }
  const own = selfTime(view, service, onset.at)
  if (own === null || own.share < OWN_SHARE || own.own < SLOWER.minAbsolute / 2) return [symptom]

  const release = releaseBefore(view, service, onset.at)
  const compared = release === null ? null : againstOld(view, service, release.revision.hash)
  const adds = `${service} itself adds ${milliseconds(own.own)} of the ${milliseconds(own.total)} that a request takes longer`
  if (release === null || (compared !== null && compared.effect < own.own / 3))
    return [symptom, { code: 'SERVICE_SLOW', ...base, message: adds, evidence: own.evidence }]
  const pods =
    compared === null
      ? ''
      : `; pods of the new revision take ${milliseconds(compared.new)}, of the old ${milliseconds(compared.old)}`
  return [
    symptom,
    {
      code: 'REVISION_SLOWER',
      ...base,
      subject: subjectOf(release.workload),
      message: `${adds}, since revision ${release.revision.number}${pods}`,
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

/** The mean tells where the seconds are; the tail finds what only some requests feel. */
function firstOf(
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

function againstOld(view: SnapshotView, service: string, hash: string | null) {
  const all = view.series('latency-mean-by-revision').filter(series => series.labels.service === service)
  const newer = all.find(one => one.labels.revision === hash)
  const older = all.filter(one => one.labels.revision !== hash).flatMap(one => one.points)
  if (newer === undefined || older.length === 0) return null
  const compared = compareRevisions(newer.points, older, SLOWER.minAbsolute)
  return compared === null ? null : { ...compared, evidence: newer.evidence }
}

function milliseconds(seconds: number): string {
  return seconds >= 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds * 1000)} ms`
}
