import type { Cause } from '../../incident/verdict.ts'
import { scaled } from '../../snapshot/clock.ts'
import type { View } from '../../snapshot/index-snapshot.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import type { Predicate, Verification } from '../proposal.ts'
import { alertGoesOn, alertIsQuiet } from './alert-not-firing.ts'
import { alertsOf } from './explained-alerts.ts'
import { monitoringIsThere } from './scrape-targets-up.ts'
import { podsAreThere } from './rollout-complete.ts'
import { usersAreServed, usersFareWorse, windowSecondsOf } from './slo-recovered.ts'

type Wanted = {
  view: View
  cause: Cause
  workload: Workload | undefined
  replicas?: number | null
  also?: Predicate[]
}

/**
 * Recovery as predicates: the alerts that the cause explains are quiet, the pods are all there in one revision, and what
 * users felt is back near where it was before; and that Prometheus could see it if it were not so. It has to hold for as
 * long as requests are counted over, so that two windows in succession are good. Ten minutes at most in production.
 */
export function verificationOf({ view, cause, workload, replicas, also = [] }: Wanted): Verification {
  const forSeconds = windowSecondsOf(view)
  const { meant, aside } = alertsOf(view, cause)
  const seen = [...meant.map(alert => alertIsQuiet(view, alert, forSeconds)), ...usersAreServed(view, cause)]
  return {
    recovered: [
      ...seen,
      ...(seen.length === 0 ? [] : [monitoringIsThere(view)]),
      ...also,
      ...(workload === undefined ? [] : podsAreThere(workload, replicas)),
    ],
    worse: usersFareWorse(view, cause),
    aside: aside.map(alert => alertGoesOn(view, alert)),
    forSeconds,
    withinSeconds: Math.round(scaled(view.about, 600, 90)),
  }
}
