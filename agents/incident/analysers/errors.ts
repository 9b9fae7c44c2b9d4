import { findChangePoint } from '../../signals/change-point.ts'
import { compareRevisions } from '../../signals/revision-comparison.ts'
import { median } from '../../signals/robust-statistics.ts'
import { selfErrors } from '../../signals/self-time.ts'
import { MORE_ERRORS } from '../../signals/thresholds.ts'
import { releaseBefore } from '../../snapshot/changes/release-before.ts'
import { isoOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { findErrorLine } from '../../snapshot/logs/find-error-line.ts'
import { CALLS, CHANGES, mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { signalOf, sliceByTime } from '../../snapshot/series/lookup.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { subjectOf, subjectOfService } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'
import { POD_TEMPLATE, SETTINGS } from './mechanisms.ts'

const OWN_SHARE = 0.4
const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE']

/** Services that answer with errors, whether the errors are their own, and whether only writes or some routes fail. */
export const errors = defineAnalyser({
  needs: mergeNeeds(PODS, CALLS, CHANGES, {
    signals: [
      'error-ratio',
      'error-ratio-by-method',
      'error-ratio-by-revision',
      'request-rate',
      'upstream-error-ratio',
    ],
    reads: ['logs'],
  }),
  findings: {
    REVISION_ERRORS: {
      title: 'A release makes its service fail.',
      layer: 'process-failure',
      kind: 'behaviour',
      basis: 'self-share',
      effects: ['errors'],
      cause: { plain: 'RELEASE_ERRORS' },
      mechanism: POD_TEMPLATE,
      explainedBy: ['errors'],
      fault: 'errors',
      revisionSignal: 'error-ratio-by-revision',
    },
    SERVICE_ERRORS: {
      title: 'A service fails by itself, without a release.',
      layer: 'process-failure',
      kind: 'behaviour',
      basis: 'self-share',
      effects: ['errors'],
      cause: { plain: 'SERVICE_ERRORS' },
      mechanism: SETTINGS,
      explainedBy: ['errors'],
      fault: 'errors',
    },
    ERRORS_UP: {
      title: 'A service answers with more errors.',
      layer: 'user-impact',
      kind: 'symptom',
      basis: 'measurement',
      effects: ['errors', 'slow', 'down'],
      cause: null,
      mechanism: null,
      explainedBy: ['errors'],
      canComeFromCallee: true,
      isFeltByUsers: true,
    },
  },
  run: view => {
    const services = new Set(view.series('error-ratio').flatMap(series => series.labels.service ?? []))
    return [...services].toSorted().flatMap(service => failures(view, service))
  },
})

type ErrorFinding = FindingOf<'ERRORS_UP' | 'SERVICE_ERRORS' | 'REVISION_ERRORS'>

function failures(view: SnapshotView, service: string): ErrorFinding[] {
  const ratio = signalOf(view, 'error-ratio', { service })
  const onset = ratio === null ? null : findChangePoint(ratio.points, MORE_ERRORS)
  if (ratio === null || !onset?.isOngoing || onset.at <= view.since - view.recentSeconds) return []
  const base = { subject: subjectOfService(view, service), service, onset: isoOf(onset.at) }
  const where = whichFail(view, service, onset.at)
  const symptom: ErrorFinding = {
    code: 'ERRORS_UP',
    ...base,
    message: `${service} answers ${percent(onset.after)} with errors, before ${percent(onset.before)}${where.message}`,
    evidence: [...new Set([ratio.evidence, ...where.evidence])],
  }
  const own = selfErrors(view, service, onset.at)
  if (own === null || own.share < OWN_SHARE) return [symptom]

  const release = releaseBefore(view, service, onset.at)
  const log = errorLog(view, service)
  const logged = log === null ? '' : `; it logs ${quote(log.line)}`
  const itself = `${percent(own.share)} of the new errors of ${service} are its own`
  const known = [...own.evidence, ...(log === null ? [] : [log.evidence])]
  const compared = release === null ? null : againstOld(view, service, release.revision.hash)
  if (release === null || (compared !== null && compared.effect < MORE_ERRORS.minAbsolute))
    return [
      symptom,
      { code: 'SERVICE_ERRORS', ...base, message: `${itself}${logged}`, evidence: [...new Set(known)] },
    ]
  const pods =
    compared === null
      ? ''
      : `: pods of the new revision fail ${percent(compared.new)}, of the old ${percent(compared.old)}`
  return [
    symptom,
    {
      code: 'REVISION_ERRORS',
      ...base,
      subject: subjectOf(release.workload),
      message: `${itself}, since revision ${release.revision.number}${pods}${where.message}${logged}`,
      evidence: [
        ...new Set([
          ...known,
          release.revision.evidence,
          ...(compared === null ? [] : [compared.evidence]),
          ...where.evidence,
        ]),
      ],
    },
  ]
}

function whichFail(
  view: SnapshotView,
  service: string,
  onset: number,
): { message: string; evidence: string[] } {
  const byMethod = view.series('error-ratio-by-method').filter(series => series.labels.service === service)
  const failing = byMethod.map(one => ({
    method: one.labels.method ?? '',
    share: median(sliceByTime(one.points, onset, Number.POSITIVE_INFINITY)),
    evidence: one.evidence,
  }))
  const bad = failing.filter(one => one.share >= MORE_ERRORS.minAbsolute)
  const fine = failing.filter(one => one.share < MORE_ERRORS.minAbsolute)
  if (bad.length === 0 || fine.length === 0) return { message: '', evidence: [] }
  const isWrites =
    bad.every(one => WRITES.includes(one.method)) && fine.every(one => !WRITES.includes(one.method))
  const names = bad.map(one => one.method).join(', ')
  return {
    message: isWrites ? `; writes (${names}) fail, reads do not` : `; only ${names} fail`,
    evidence: [...new Set(failing.map(one => one.evidence))],
  }
}

function againstOld(view: SnapshotView, service: string, hash: string | null) {
  const all = view.series('error-ratio-by-revision').filter(series => series.labels.service === service)
  const newer = all.find(one => one.labels.revision === hash)
  const older = all.filter(one => one.labels.revision !== hash).flatMap(one => one.points)
  if (newer === undefined || older.length === 0) return null
  const compared = compareRevisions(newer.points, older, MORE_ERRORS.minAbsolute)
  return compared === null ? null : { ...compared, evidence: newer.evidence }
}

function errorLog(view: SnapshotView, service: string): { line: string; evidence: string } | null {
  const names = new Set(
    view.workloadsOfService(service).flatMap(workload => view.podsOf(workload).map(pod => pod.name)),
  )
  for (const log of view.snapshot.logs.filter(log => names.has(log.pod))) {
    const line = findErrorLine(log)
    if (line !== null) return { line, evidence: log.evidence }
  }
  return null
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
}
