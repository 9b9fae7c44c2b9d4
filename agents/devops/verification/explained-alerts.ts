import { alerts } from '../../incident/analysers/alerts.ts'
import { runAnalysers } from '../../incident/analysers/run-analysers.ts'
import { findCausalChains } from '../../incident/causality/causal-chain.ts'
import { findSymptoms } from '../../incident/causality/symptoms.ts'
import type { Finding } from '../../incident/finding.ts'
import type { Cause } from '../../incident/verdict.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { AlertFact } from '../../snapshot/snapshot.ts'

/**
 * The alerts of an incident: those that have to go quiet for its cause to be mended, and those that came for another reason,
 * or from elsewhere than Prometheus. A cause's own chain is one way to one alert, so all that follows from its root is looked
 * at. Where this is unknown, all of them must stop firing.
 */
export function explainedAlerts(
  view: SnapshotView,
  cause: Cause,
): { meant: AlertFact[]; unrelatedAlerts: AlertFact[] } {
  const findings = runAnalysers(view)
  const [root] = cause.chain
  const chain = findCausalChains(view, findings, findSymptoms(view, findings)).find(
    chain => root !== undefined && keyOf(chain.root) === keyOf(root),
  )
  const explained = new Set([...(chain?.explained ?? []), ...(chain?.links ?? [])].map(keyOf))
  const isExplained = (alert: AlertFact) =>
    alerts
      .run({ ...view, scope: { ...view.scope, alerts: [alert] } })
      .some(alert => explained.has(keyOf(alert)))
  const { alerts: all } = view.scope
  const meant = all.filter(isExplained)
  return meant.length === 0
    ? { meant: all, unrelatedAlerts: [] }
    : { meant, unrelatedAlerts: all.filter(alert => !meant.includes(alert)) }
}

// The service of an alert is told from all of them together, so it is no part of what it is known by.
function keyOf({ code, subject, onset, message }: Finding): string {
  return JSON.stringify([code, subject.kind, subject.namespace, subject.name, onset, message])
}
