import type { Question } from '@goalixa/tools/evidence'
import { findUnevaluatedAlerts } from '../incident/unevaluated-alerts.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { questionId } from '../snapshot/question-id.ts'

const MAX_RULES = 3
/** The tool takes no longer name. */
const MAX_NAME = 1_000

/** Whether Prometheus evaluates the alerts that it does not list; only then does their absence show that they are over. */
export function alertRuleQuestions(view: SnapshotView): Question[] {
  if (!view.wasRead(questionId.alerts())) return []
  const names = new Set(findUnevaluatedAlerts(view).map(alert => alert.name))
  return [...names]
    .filter(name => name !== '' && name.length <= MAX_NAME)
    .slice(0, MAX_RULES)
    .map(name => ({
      id: questionId.alertRule(name),
      tool: 'prometheus_read_alert_rule',
      args: { alertname: name },
      why: 'whether Prometheus evaluates the alert, which it does not list',
    }))
}
