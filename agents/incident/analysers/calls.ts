import { findChangePoint } from '../../signals/change-point.ts'
import { isoOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, WORKLOADS } from '../../snapshot/needs.ts'
import { zeroFill } from '../../snapshot/series/zero-fill.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { subjectOfService } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

const FAILING = { worse: 'up', minAbsolute: 0.05, minRelative: 0.5 } as const
const SILENT = { worse: 'down', minAbsolute: 0.2, minRelative: 0.95 } as const

/** Calls between services that fail, and services that get no more requests: what is dead is quiet, not loud. */
export const calls = defineAnalyser({
  needs: mergeNeeds(WORKLOADS, { signals: ['request-rate', 'upstream-error-ratio'] }),
  findings: {
    UPSTREAM_ERRORS: {
      title: 'Calls of one service to another fail.',
      layer: 'calls',
      kind: 'symptom',
      basis: 'measurement',
      effects: ['errors', 'slow', 'down'],
      cause: null,
      mechanism: null,
      explainedBy: ['errors', 'down'],
      canComeFromCallee: true,
      isFeltByUsers: true,
    },
    WENT_SILENT: {
      title: 'A service gets hardly any requests any more.',
      layer: 'calls',
      kind: 'symptom',
      basis: 'measurement',
      effects: ['errors', 'slow'],
      cause: null,
      mechanism: null,
    },
  },
  run: view => [...failingCalls(view), ...silence(view)],
})

function failingCalls(view: SnapshotView): FindingOf<'UPSTREAM_ERRORS'>[] {
  return view.series('upstream-error-ratio').flatMap(({ labels, points, evidence }) => {
    const { service, upstream } = labels
    const onset = findChangePoint(points, FAILING)
    if (service === undefined || upstream === undefined || !onset?.isOngoing) return []
    return [
      {
        code: 'UPSTREAM_ERRORS',
        subject: subjectOfService(view, upstream),
        service,
        onset: isoOf(onset.at),
        message: `${Math.round(onset.after * 100)} % of the calls of ${service} to ${upstream} fail`,
        evidence: [evidence],
      },
    ]
  })
}

function silence(view: SnapshotView): FindingOf<'WENT_SILENT'>[] {
  const rates = view.series('request-rate')
  const fallen = rates.flatMap(rate => {
    const onset = findChangePoint(zeroFill(view, rate.points), SILENT)
    return onset?.isOngoing ? [{ series: rate, onset }] : []
  })
  // When everybody goes quiet at once, it is the users who left.
  if (fallen.length === rates.length && rates.length > 1) return []
  return fallen.flatMap(({ series, onset }) => {
    const { service } = series.labels
    if (service === undefined) return []
    return [
      {
        code: 'WENT_SILENT',
        subject: subjectOfService(view, service),
        service,
        onset: isoOf(onset.at),
        message: `${service} went silent: ${onset.before.toFixed(1)} → ${onset.after.toFixed(1)} requests a second`,
        evidence: [series.evidence],
      },
    ]
  })
}
