import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { questionId } from '../snapshot/question-id.ts'
import { quote } from '../snapshot/text/quote.ts'
import { unreadLabel } from '../snapshot/unread-label.ts'
import type { Finding } from './finding.ts'
import type { Cause, Verdict } from './verdict.ts'

/** Below this a cause is a guess, and a guess is not a verdict. */
const SURE = 0.5
/** An alert that no longer fires needs better reasons than a wobble of the measurements. */
const SURE_WITHOUT_ALERT = 0.75

/** Without these nobody can say that nothing is wrong. */
const NEEDED = [
  questionId.objects('workloads'),
  questionId.events(),
  questionId.alerts(),
  questionId.series('request-rate'),
  questionId.series('error-ratio'),
  questionId.series('latency-mean'),
]

const NEEDED_KINDS = ['Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']
const MEASURES = ['request-rate', 'error-ratio', 'latency-mean'] as const

/** Which of the three answers the evidence allows, and the sentence for it. */
export function outcomeOf(
  view: SnapshotView,
  { causes, findings, symptoms }: { causes: Cause[]; findings: Finding[]; symptoms: Finding[] },
): Pick<Verdict, 'outcome' | 'message'> {
  const isFiring = symptoms.some(symptom => symptom.code === 'ALERT_FIRING')
  const knowsAlerts = view.scope.alerts.length > 0 && view.wasRead(questionId.alerts())
  const [best, second] = causes
  const isSure = (cause: Cause) => cause.confidence >= (isFiring || !knowsAlerts ? SURE : SURE_WITHOUT_ALERT)
  if (best !== undefined && isSure(best) && !(second !== undefined && areAlike(best, second)))
    return { outcome: 'cause', message: best.message }

  if (best !== undefined && isSure(best) && second !== undefined && areAlike(best, second))
    return {
      outcome: 'inconclusive',
      message: `Can not tell two causes apart that are equally likely: ${best.message}; and ${second.message}.`,
    }
  const unread = [
    ...NEEDED.filter(question => !view.wasRead(question)),
    ...NEEDED_KINDS.filter(kind => !view.knowsAll(kind)).map(kind => `all of kind ${kind}`),
  ]
  if (unread.length > 0 || view.namespace === null) {
    const missing = [...new Set([...unread, ...view.snapshot.unread.map(lack => unreadLabel(lack))])]
    return {
      outcome: 'inconclusive',
      message: `Can not tell: could not read ${missing.join(', ') || 'in which namespace to look'}.`,
    }
  }
  if (isFiring || (view.scope.alerts.length === 0 && symptoms.length > 0)) {
    const firing = view.scope.alerts.map(alert => quote(alert.name)).join(', ')
    const seen = findings.filter(finding => finding.code !== 'ALERT_FIRING').slice(0, 3)
    if (seen.length === 0 && isForNobody(view))
      return {
        outcome: 'no-fault',
        message: `Nothing is wrong: ${firing} is of severity none, which asks nobody for anything.`,
      }
    const open =
      seen.length === 0
        ? 'every signal that was read is as before'
        : `seen: ${seen.map(finding => finding.message).join('; ')}`
    const guess = best === undefined ? '' : ` The best guess, too weak to act on: ${best.message}.`
    return {
      outcome: 'inconclusive',
      message: `The trouble is there, but nothing that was read explains it; ${open}.${guess}`,
    }
  }
  if (!isMeasured(view))
    return {
      outcome: 'inconclusive',
      message: `Can not tell: nothing measures ${view.service ?? 'any service in the namespace'}.`,
    }
  const names = view.scope.alerts.map(alert => quote(alert.name)).join(', ')
  return {
    outcome: 'no-fault',
    message:
      names === ''
        ? 'Nothing is wrong: every signal that was read is as before.'
        : `Nothing is wrong: the condition of ${names} does not hold now, and every signal that was read is as before.`,
  }
}

/** Alerts that fire by design, such as a watchdog of the way of alerts: `none` is how kube-prometheus marks them. */
function isForNobody({ scope: { alerts } }: SnapshotView): boolean {
  return alerts.length > 0 && alerts.every(alert => alert.labels.severity === 'none')
}

/** Two services at which the same seems to be wrong, with the same reasons: which of them, or what they share, is open. */
function areAlike(a: Cause, b: Cause): boolean {
  return (
    a.code === b.code &&
    a.confidence === b.confidence &&
    a.service !== b.service &&
    a.service !== null &&
    b.service !== null
  )
}

/** A query that finds no series was answered, and says nothing about how the service is. */
function isMeasured(view: SnapshotView): boolean {
  return MEASURES.every(name =>
    view
      .series(name)
      .some(
        ({ labels, points }) =>
          points.length > 0 && (view.service === null || labels.service === view.service),
      ),
  )
}
