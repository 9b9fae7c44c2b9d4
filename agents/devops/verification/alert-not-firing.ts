import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { AlertFact } from '../../snapshot/snapshot.ts'
import { toSingleLine } from '../../snapshot/text/to-single-line.ts'
import type { Predicate } from '../proposal.ts'

/** Labels that say what an alert is about. Others come and go with a pod, or were added on the way. */
const WHO = [
  'namespace',
  'service',
  'deployment',
  'statefulset',
  'daemonset',
  'container',
  'endpoint',
  'dependency',
  'severity',
]

/**
 * The condition of an alert neither fires nor is pending, seen by a rule that is evaluated and has been for longer than its
 * own `for` and `settleSeconds`. A pod's successors count as well: they have other names.
 */
export function alertNotFiring(view: SnapshotView, alert: AlertFact, settleSeconds: number): Predicate {
  return {
    message: `${nameOf(alert)} neither fires nor is about to`,
    ...readOf(view, alert, settleSeconds),
    op: '==',
    value: 0,
  }
}

/** An alert that fires for another reason than the cause. */
export function unrelatedAlertFiring(view: SnapshotView, alert: AlertFact): Predicate {
  return {
    message: `${nameOf(alert)} fires, which this cause does not explain`,
    ...readOf(view, alert, 0),
    op: '>',
    value: 0,
  }
}

function nameOf({ name, labels }: AlertFact): string {
  const who = [labels.service, labels.deployment, labels.pod].find(one => one !== undefined)
  return who === undefined ? toSingleLine(name) : `${toSingleLine(name)} of ${toSingleLine(who)}`
}

function readOf(view: SnapshotView, alert: AlertFact, settleSeconds: number) {
  const labels = Object.fromEntries(
    WHO.flatMap(key => (alert.labels[key] === undefined ? [] : [[key, alert.labels[key]]])),
  )
  const { pod } = alert.labels
  const prefixes: Record<string, string> = pod === undefined ? {} : { pod: ownerOf(view, pod) }
  return {
    tool: 'prometheus_read_alert_rule',
    args: { alertname: alert.name, labels, prefixes, settleSeconds },
    path: 'holding',
  }
}

/** What the names of all pods of the same workload begin with; the pod's own name if its workload is not known. */
function ownerOf(view: SnapshotView, pod: string): string {
  const owner = view.workloads
    .filter(workload => pod.startsWith(`${workload.name}-`))
    .toSorted((a, b) => b.name.length - a.name.length)[0]
  return owner === undefined ? pod : `${owner.name}-`
}
