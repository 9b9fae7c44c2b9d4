import { findChangePoint } from '../../signals/change-point.ts'
import { isoOf } from '../../snapshot/clock.ts'
import { CALLS, mergeNeeds } from '../../snapshot/needs.ts'
import { subjectOfService } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

const SURGE = { worse: 'up', minAbsolute: 2, minRelative: 1 } as const

/** Services at the edge that get at least twice the requests. Inside, more requests are somebody's calls or retries. */
export const traffic = defineAnalyser({
  needs: mergeNeeds(CALLS, { signals: ['request-rate'] }),
  findings: {
    TRAFFIC_SURGE: {
      title: 'Many more requests than before come in from outside.',
      layer: 'infrastructure',
      kind: 'load',
      basis: 'comparison',
      effects: ['slow', 'timeouts'],
      cause: { plain: 'TRAFFIC_SURGE' },
      mechanism: null,
      advice: 'More users, not a worse release: add capacity or shed load.',
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
          message: `${service} gets ${onset.after.toFixed(1)} requests a second, before ${onset.before.toFixed(1)}`,
          evidence: [evidence],
        },
      ]
    }),
})
