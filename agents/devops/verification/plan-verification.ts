import type { Cause } from '../../incident/verdict.ts'
import { scaled } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import type { Verification } from '../proposal.ts'
import { alertNotFiring, unrelatedAlertFiring } from './alert-not-firing.ts'
import { explainedAlerts } from './explained-alerts.ts'
import type { Predicate } from './predicate.ts'
import { rolloutComplete } from './rollout-complete.ts'
import { scrapeTargetsUp } from './scrape-targets-up.ts'
import { sloRecovered, sloWorse, windowSeconds } from './slo-recovered.ts'

type Wanted = {
  view: SnapshotView
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
export function planVerification({ view, cause, workload, replicas, also = [] }: Wanted): Verification {
  const forSeconds = windowSeconds(view)
  const { meant, unrelatedAlerts } = explainedAlerts(view, cause)
  const seen = [...meant.map(alert => alertNotFiring(view, alert, forSeconds)), ...sloRecovered(view, cause)]
  return {
    recovered: [
      ...seen,
      ...(seen.length === 0 ? [] : [scrapeTargetsUp(view)]),
      ...also,
      ...(workload === undefined ? [] : rolloutComplete(workload, replicas)),
    ],
    worse: sloWorse(view, cause),
    unrelatedAlerts: unrelatedAlerts.map(alert => unrelatedAlertFiring(view, alert)),
    forSeconds,
    withinSeconds: Math.round(scaled(view.scope, 600, 90)),
  }
}
