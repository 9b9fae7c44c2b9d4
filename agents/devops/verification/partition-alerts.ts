import { isSameAlert } from '../../incident/analysers/alerts.ts'
import type { Chain } from '../../incident/causality/causal-chain.ts'
import { findingKey } from '../../incident/findings/finding-key.ts'
import type { Cause } from '../../incident/verdict.ts'
import type { AlertFact } from '../../snapshot/snapshot.ts'

/**
 * The alerts of an incident that its cause explains and that have to stop firing, and those that are unrelated, because they
 * have another reason or do not come from Prometheus. The chain of a cause is one path to one alert, so everything that
 * follows from its root counts. Where nothing is known to follow from it, all alerts have to stop firing.
 */
export function partitionAlerts(
  alerts: AlertFact[],
  chains: Chain[],
  cause: Cause,
): { explained: AlertFact[]; unrelated: AlertFact[] } {
  const [root] = cause.chain
  const chain = chains.find(chain => root !== undefined && findingKey(chain.root) === findingKey(root))
  const firing = [...(chain?.explained ?? []), ...(chain?.links ?? [])].flatMap(({ detail }) =>
    detail?.kind === 'alert' ? [detail.labels] : [],
  )
  const isExplained = (alert: AlertFact) => firing.some(labels => isSameAlert(alert, labels))
  const explained = alerts.filter(isExplained)
  return explained.length === 0
    ? { explained: alerts, unrelated: [] }
    : { explained, unrelated: alerts.filter(alert => !isExplained(alert)) }
}
