import { findChangePoint } from '../../signals/change-point.ts'
import { isoOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, WORKLOADS } from '../../snapshot/needs.ts'
import { zeroFill } from '../../snapshot/series/zero-fill.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { subjectOfService } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

// Chosen, not fitted. Five percentage points more failed calls, and half as many again.
const FAILING = { worse: 'up', minAbsolute: 0.05, minRelative: 0.5 } as const
// At least 0.2 requests per second fewer, and 95 % fewer: what is left is retries and probes.
const SILENT = { worse: 'down', minAbsolute: 0.2, minRelative: 0.95 } as const

/** Calls between services that fail, and services that stopped receiving requests: an outage can show as silence. */
export const calls = defineAnalyser({
  needs: mergeNeeds(WORKLOADS, { signals: ['request-rate', 'upstream-error-ratio'] }),
  findings: {
    UPSTREAM_ERRORS: {
      title: 'Calls from one service to another fail.',
      layer: 'calls',
      kind: 'symptom',
      basis: 'measurement',
      effects: ['errors', 'slow', 'down'],
      cause: null,
      mechanism: null,
      explainedBy: ['errors', 'down'],
      canComeFromCallee: true,
      isUserVisible: true,
    },
    WENT_SILENT: {
      title: 'A service receives almost no requests.',
      layer: 'calls',
      kind: 'symptom',
      basis: 'measurement',
      effects: ['errors', 'slow'],
      cause: null,
      mechanism: null,
    },
  },
  run: view => [...findFailingCalls(view), ...findSilentServices(view)],
})

function findFailingCalls(view: SnapshotView): FindingOf<'UPSTREAM_ERRORS'>[] {
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
        message: `${Math.round(onset.after * 100)} % of the calls from ${service} to ${upstream} fail`,
        evidence: [evidence],
      },
    ]
  })
}

function findSilentServices(view: SnapshotView): FindingOf<'WENT_SILENT'>[] {
  const rates = view.series('request-rate')
  const silent = rates.flatMap(rate => {
    const onset = findChangePoint(zeroFill(view, rate.points), SILENT)
    return onset?.isOngoing ? [{ series: rate, onset }] : []
  })
  // When every service goes silent at once, users stopped coming: that is no fault of one service.
  if (silent.length === rates.length && rates.length > 1) return []
  return silent.flatMap(({ series, onset }) => {
    const { service } = series.labels
    if (service === undefined) return []
    return [
      {
        code: 'WENT_SILENT',
        subject: subjectOfService(view, service),
        service,
        onset: isoOf(onset.at),
        message: `requests to ${service} fell from ${onset.before.toFixed(1)} to ${onset.after.toFixed(1)} per second`,
        evidence: [series.evidence],
      },
    ]
  })
}
