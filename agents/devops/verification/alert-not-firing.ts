import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { AlertFact } from '../../snapshot/snapshot.ts'
import { toSingleLine } from '../../snapshot/text/to-single-line.ts'
import { alertIdentity } from './alert-identity.ts'
import type { PredicateOfKind } from './predicate.ts'

/**
 * The alert is neither firing nor pending, by a rule that Prometheus evaluates, and has not been for longer than the rule's own
 * `for` and `settleSeconds`.
 */
export function alertNotFiring(
  view: SnapshotView,
  alert: AlertFact,
  settleSeconds: number,
): PredicateOfKind<'alert-not-firing'> {
  return {
    kind: 'alert-not-firing',
    message: `${titleOf(alert)} is neither firing nor pending`,
    ...readOf(view, alert, settleSeconds),
    op: '==',
    value: 0,
  }
}

/** An alert that the cause does not explain is still firing. */
export function unrelatedAlertFiring(
  view: SnapshotView,
  alert: AlertFact,
): PredicateOfKind<'unrelated-alert-firing'> {
  return {
    kind: 'unrelated-alert-firing',
    message: `${titleOf(alert)}, which this cause does not explain, is still firing`,
    ...readOf(view, alert, 0),
    op: '>',
    value: 0,
  }
}

function titleOf({ name, labels }: AlertFact): string {
  const source = [labels.service, labels.deployment, labels.pod].find(label => label !== undefined)
  return source === undefined ? toSingleLine(name) : `${toSingleLine(name)} of ${toSingleLine(source)}`
}

function readOf(view: SnapshotView, alert: AlertFact, settleSeconds: number) {
  const identity = alertIdentity(view, alert)
  const { name, labels, prefixes } = identity
  return {
    alert: identity,
    tool: 'prometheus_read_alert_rule' as const,
    args: { alertname: name, labels, prefixes, settleSeconds },
    path: 'holding',
  }
}
