import type { Chain } from '../../incident/causality/causal-chain.ts'
import type { Cause } from '../../incident/verdict.ts'
import { scaled } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import type { Verification } from '../proposal.ts'
import { alertNotFiring, unrelatedAlertFiring } from './alert-not-firing.ts'
import { partitionAlerts } from './partition-alerts.ts'
import type { Predicate } from './predicate.ts'
import { rolloutComplete } from './rollout-complete.ts'
import { scrapeTargetsUp } from './scrape-targets-up.ts'
import { sloRecovered, sloWorse, windowSeconds } from './slo-recovered.ts'

type Options = {
  view: SnapshotView
  chains: Chain[]
  cause: Cause
  workload: Workload | undefined
  replicas?: number | null
  extra?: Predicate[]
}

/**
 * Recovery as predicates: the alerts that the cause explains do not fire, the rollout is complete, the signals that users
 * notice are close to their level before the onset, and Prometheus still scrapes what would show otherwise. They have to hold
 * for one window over which requests are counted, so that two windows in succession are good, and within ten minutes in
 * production.
 */
export function planVerification({
  view,
  chains,
  cause,
  workload,
  replicas,
  extra = [],
}: Options): Verification {
  const forSeconds = windowSeconds(view)
  const { explained, unrelated } = partitionAlerts(view.scope.alerts, chains, cause)
  const measured = [
    ...explained.map(alert => alertNotFiring(view, alert, forSeconds)),
    ...sloRecovered(view, cause),
  ]
  return {
    recovered: [
      ...measured,
      ...(measured.length === 0 ? [] : [scrapeTargetsUp(view)]),
      ...extra,
      ...(workload === undefined ? [] : rolloutComplete(workload, replicas)),
    ],
    worse: sloWorse(view, cause),
    unrelatedAlerts: unrelated.map(alert => unrelatedAlertFiring(view, alert)),
    forSeconds,
    withinSeconds: Math.round(scaled(view.scope, 600, 90)),
  }
}
