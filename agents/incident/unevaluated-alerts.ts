import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { listAt, numberAt, stringAt } from '../snapshot/objects/json-path.ts'
import { questionId } from '../snapshot/question-id.ts'
import type { AlertFact } from '../snapshot/snapshot.ts'

/**
 * The alerts that fire according to their sender and whose absence from Prometheus proves nothing: Grafana, a Loki ruler or another
 * Prometheus evaluates them, or this one fails to.
 */
export function findUnevaluatedAlerts(view: SnapshotView): AlertFact[] {
  return view.scope.alerts.filter(({ name, status }) => status === 'firing' && !isEvaluated(view, name))
}

/** Whether Prometheus lists an alert of this rule, or evaluates the rule. */
function isEvaluated(view: SnapshotView, name: string): boolean {
  const listed = listAt(view.read(questionId.alerts())?.result, 'alerts')
  if (listed.some(alert => stringAt(alert, 'labels.alertname') === name)) return true
  return numberAt(view.read(questionId.alertRule(name))?.result, 'holding') !== null
}

/** Whether Prometheus has a rule of this name; null if that was not read. */
export function hasRule(view: SnapshotView, name: string): boolean | null {
  const read = view.read(questionId.alertRule(name))
  return read === undefined ? null : listAt(read.result, 'rules').length > 0
}
