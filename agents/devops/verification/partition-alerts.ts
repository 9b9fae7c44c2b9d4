import { alerts } from '../../incident/analysers/alerts.ts'
import { runAnalysers } from '../../incident/analysers/run-analysers.ts'
import { findCausalChains } from '../../incident/causality/causal-chain.ts'
import { findSymptoms } from '../../incident/causality/symptoms.ts'
import type { Finding } from '../../incident/finding.ts'
import type { Cause } from '../../incident/verdict.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { AlertFact } from '../../snapshot/snapshot.ts'

/**
 * The alerts of an incident that its cause explains and that have to stop firing, and those that are unrelated, because they
 * have another reason or do not come from Prometheus. The chain of a cause is one path to one alert, so everything that
 * follows from its root counts. Where nothing is known to follow from it, all alerts have to stop firing.
 */
export function partitionAlerts(
  view: SnapshotView,
  cause: Cause,
): { explained: AlertFact[]; unrelated: AlertFact[] } {
  const findings = runAnalysers(view)
  const [root] = cause.chain
  const chain = findCausalChains(view, findings, findSymptoms(view, findings)).find(
    chain => root !== undefined && keyOf(chain.root) === keyOf(root),
  )
  const followers = new Set([...(chain?.explained ?? []), ...(chain?.links ?? [])].map(keyOf))
  const isExplained = (alert: AlertFact) =>
    alerts
      .run({ ...view, scope: { ...view.scope, alerts: [alert] } })
      .some(finding => followers.has(keyOf(finding)))
  const { alerts: all } = view.scope
  const explained = all.filter(isExplained)
  return explained.length === 0
    ? { explained: all, unrelated: [] }
    : { explained, unrelated: all.filter(alert => !explained.includes(alert)) }
}

// Without the service: that of an alert is derived from all alerts of the scope together, and here each is looked at alone.
function keyOf({ code, subject, container, onset, detail }: Finding): string {
  return JSON.stringify([code, subject.kind, subject.namespace, subject.name, container, onset, detail])
}
