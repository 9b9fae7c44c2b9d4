import { joinWords } from '@goalixa/chassis/join-words'
import { findChangePoint } from '../../signals/change-point.ts'
import { compareRevisions } from '../../signals/revision-comparison.ts'
import { median } from '../../signals/robust-statistics.ts'
import { measureSelfErrors } from '../../signals/self-time.ts'
import { MORE_ERRORS } from '../../signals/thresholds.ts'
import { findReleaseBefore } from '../../snapshot/changes/find-release-before.ts'
import { isoOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { findErrorLine } from '../../snapshot/logs/find-error-line.ts'
import { CALLS, CHANGES, mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { signalOf, sliceByTime } from '../../snapshot/series/lookup.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { subjectOf, subjectOfService } from '../findings/subject.ts'
import { POD_TEMPLATE, SETTINGS } from './change-patterns.ts'
import { defineAnalyser } from './define-analyser.ts'

/** A service causes its errors itself if at least this share of the new ones does not come from its calls. Chosen, not fitted. */
const OWN_SHARE = 0.4
const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE']

/** Services that answer with more errors, whether they cause them themselves, and whether only some methods fail. */
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
      title: 'A release made its service fail requests.',
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
      title: 'A service causes errors on its own, without a release.',
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
      title: 'The error ratio of a service has risen.',
      layer: 'user-impact',
      kind: 'symptom',
      basis: 'measurement',
      effects: ['errors', 'slow', 'down'],
      cause: null,
      mechanism: null,
      explainedBy: ['errors'],
      canComeFromCallee: true,
      isUserVisible: true,
    },
  },
  run: view => {
    const services = new Set(view.series('error-ratio').flatMap(series => series.labels.service ?? []))
    return [...services].toSorted().flatMap(service => findErrors(view, service))
  },
})

type ErrorFinding = FindingOf<'ERRORS_UP' | 'SERVICE_ERRORS' | 'REVISION_ERRORS'>

function findErrors(view: SnapshotView, service: string): ErrorFinding[] {
  const ratio = signalOf(view, 'error-ratio', { service })
  const onset = ratio === null ? null : findChangePoint(ratio.points, MORE_ERRORS)
  if (ratio === null || !onset?.isOngoing || onset.at <= view.since - view.recentSeconds) return []
  const base = { subject: subjectOfService(view, service), service, onset: isoOf(onset.at) }
  const methods = compareMethods(view, service, onset.at)
  const symptom: ErrorFinding = {
    code: 'ERRORS_UP',
    ...base,
    message: `${service} fails ${formatPercent(onset.after)} of its requests, up from ${formatPercent(onset.before)}${methods.message}`,
    evidence: [...new Set([ratio.evidence, ...methods.evidence])],
  }
  const own = measureSelfErrors(view, service, onset.at)
  if (own === null || own.share < OWN_SHARE) return [symptom]

  const release = findReleaseBefore(view, service, onset.at)
  const log = findErrorLog(view, service)
  const logged = log === null ? '' : `; its log: ${quote(log.line)}`
  const ownErrors = `${service} itself causes ${formatPercent(own.share)} of its new errors`
  const evidence = [...own.evidence, ...(log === null ? [] : [log.evidence])]
  const compared = release === null ? null : compareToOldRevisions(view, service, release.revision.hash)
  if (release === null || (compared !== null && compared.effect < MORE_ERRORS.minAbsolute))
    return [
      symptom,
      { code: 'SERVICE_ERRORS', ...base, message: `${ownErrors}${logged}`, evidence: [...new Set(evidence)] },
    ]
  const pods =
    compared === null
      ? ''
      : ` (error ratio of new pods: ${formatPercent(compared.new)}, old pods: ${formatPercent(compared.old)})`
  return [
    symptom,
    {
      code: 'REVISION_ERRORS',
      ...base,
      subject: subjectOf(release.workload),
      message: `${ownErrors} since revision ${release.revision.number}${pods}${methods.message}${logged}`,
      evidence: [
        ...new Set([
          ...evidence,
          release.revision.evidence,
          ...(compared === null ? [] : [compared.evidence]),
          ...methods.evidence,
        ]),
      ],
    },
  ]
}

/** Which HTTP methods fail, where others do not. */
function compareMethods(
  view: SnapshotView,
  service: string,
  onset: number,
): { message: string; evidence: string[] } {
  const byMethod = view.series('error-ratio-by-method').filter(series => series.labels.service === service)
  const methods = byMethod.map(series => ({
    method: series.labels.method ?? '',
    share: median(sliceByTime(series.points, onset, Number.POSITIVE_INFINITY)),
    evidence: series.evidence,
  }))
  const failing = methods.filter(({ share }) => share >= MORE_ERRORS.minAbsolute)
  const healthy = methods.filter(({ share }) => share < MORE_ERRORS.minAbsolute)
  if (failing.length === 0 || healthy.length === 0) return { message: '', evidence: [] }
  const areWrites =
    failing.every(({ method }) => WRITES.includes(method)) &&
    healthy.every(({ method }) => !WRITES.includes(method))
  const names = failing.map(({ method }) => method)
  return {
    message: areWrites
      ? `; writes (${names.join(', ')}) fail, reads do not`
      : `; only ${joinWords(names)} requests fail`,
    evidence: [...new Set(methods.map(({ evidence }) => evidence))],
  }
}

/** Error ratios of the new revision and of those before it, or null where they cannot be compared. */
function compareToOldRevisions(view: SnapshotView, service: string, hash: string | null) {
  const all = view.series('error-ratio-by-revision').filter(series => series.labels.service === service)
  const newer = all.find(series => series.labels.revision === hash)
  const older = all.filter(series => series.labels.revision !== hash).flatMap(series => series.points)
  if (newer === undefined || older.length === 0) return null
  const compared = compareRevisions(newer.points, older, MORE_ERRORS.minAbsolute)
  return compared === null ? null : { ...compared, evidence: newer.evidence }
}

/** The first error line in the logs of a service. */
function findErrorLog(view: SnapshotView, service: string): { line: string; evidence: string } | null {
  const names = new Set(
    view.workloadsOfService(service).flatMap(workload => view.podsOf(workload).map(pod => pod.name)),
  )
  for (const log of view.snapshot.logs.filter(log => names.has(log.pod))) {
    const line = findErrorLine(log)
    if (line !== null) return { line, evidence: log.evidence }
  }
  return null
}

function formatPercent(share: number): string {
  return `${Number((share * 100).toFixed(share < 0.1 ? 1 : 0))} %`
}
