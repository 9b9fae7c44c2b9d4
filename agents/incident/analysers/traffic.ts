import { findChangePoint } from '../../signals/change-point.ts'
import { isoOf } from '../../snapshot/clock.ts'
import { CALLS, mergeNeeds } from '../../snapshot/needs.ts'
import { subjectOfService } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

// Two requests per second more, and twice as many. Chosen, not fitted.
const SURGE = { worse: 'up', minAbsolute: 2, minRelative: 1 } as const

/** Services at the edge whose requests at least doubled. Behind the edge, more requests are calls or retries of other services. */
export const traffic = defineAnalyser({
  needs: mergeNeeds(CALLS, { signals: ['request-rate'] }),
  findings: {
    TRAFFIC_SURGE: {
      title: 'Traffic from outside has at least doubled.',
      layer: 'infrastructure',
      kind: 'load',
      basis: 'comparison',
      effects: ['slow', 'timeouts'],
      cause: { plain: 'TRAFFIC_SURGE' },
      mechanism: null,
      advice: 'Add capacity or shed load. The cause is more traffic, not a release.',
    },
  },
  run: view =>
    view.series('request-rate').flatMap(({ labels, points, evidence }) => {
      const { service } = labels
      if (service === undefined || view.callers(service).length > 0) return []
      const onset = findChangePoint(points, SURGE)
      if (onset === null || onset.at < view.since - view.recentSeconds) return []
      return [
        {
          code: 'TRAFFIC_SURGE',
          subject: subjectOfService(view, service),
          service,
          onset: isoOf(onset.at),
          message: `requests to ${service} rose from ${onset.before.toFixed(1)} to ${onset.after.toFixed(1)} per second`,
          evidence: [evidence],
        },
      ]
    }),
})
