import { joinWords } from '@goalixa/chassis/join-words'
import { pluralize } from '@goalixa/chassis/pluralize'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../snapshot/needs.ts'
import { isNodeNamed } from '../snapshot/objects/node-names.ts'
import { questionId } from '../snapshot/question-id.ts'
import { isAboutCluster } from '../snapshot/scope-reach.ts'
import type { AlertFact } from '../snapshot/snapshot.ts'
import { quote } from '../snapshot/text/quote.ts'
import { MEDIUM } from './confidence/confidence-level.ts'
import { describeUnread } from './describe-unread.ts'
import type { Finding } from './finding.ts'
import { findUnevaluatedAlerts, hasRule } from './unevaluated-alerts.ts'
import type { Cause, Verdict } from './verdict.ts'

/** A verdict names so many alerts. */
const MAX_NAMES = 5

/** Where no alert is firing, a cause must score higher than the noise of measurements can reach. */
const MEDIUM_WITHOUT_ALERT = 0.75

/** What has to be read before "no fault" can be concluded. */
export const OUTCOME_NEEDS = mergeNeeds(PODS, {
  signals: ['request-rate', 'error-ratio', 'latency-mean'],
  reads: ['events', 'alerts', 'alert-rule'],
})
/** The same for a scope that is about a node or the cluster as a whole. */
const NEEDED_OF_CLUSTER = [questionId.objects('nodes'), questionId.alerts()]
const NEEDED = [
  questionId.objects('workloads'),
  questionId.events(),
  questionId.alerts(),
  ...OUTCOME_NEEDS.signals.map(signal => questionId.series(signal)),
]

/** The outcome that the evidence allows, and the sentence for it. */
export function decideOutcome(
  view: SnapshotView,
  { causes, findings, symptoms }: { causes: Cause[]; findings: Finding[]; symptoms: Finding[] },
): Pick<Verdict, 'outcome' | 'message'> {
  const isFiring = symptoms.some(symptom => symptom.code === 'ALERT_FIRING')
  const unevaluated = findUnevaluatedAlerts(view)
  const knowsAlerts =
    view.scope.alerts.length > 0 && view.wasRead(questionId.alerts()) && unevaluated.length === 0
  const [best, second] = causes
  const threshold = isFiring || !knowsAlerts ? MEDIUM : MEDIUM_WITHOUT_ALERT
  if (best !== undefined && best.confidence >= threshold) {
    if (second === undefined || !areAlike(best, second)) return { outcome: 'cause', message: best.message }
    return {
      outcome: 'inconclusive',
      message: `Two causes are equally likely: ${best.message}; and ${second.message}.`,
    }
  }
  const unresolved = isFiring ? 'The cause cannot be determined' : 'A fault cannot be ruled out'
  const isCluster = isAboutCluster(view.scope)
  const questions = isCluster ? NEEDED_OF_CLUSTER : NEEDED
  const kinds = isCluster ? (['Node'] as const) : OUTCOME_NEEDS.kinds
  const unknownKinds = kinds.filter(kind => !view.knowsUnhealthy(kind))
  if (
    questions.some(question => !view.wasRead(question)) ||
    unknownKinds.length > 0 ||
    (view.namespace === null && !isCluster)
  ) {
    const missing = describeUnread(view, { questions, kinds: unknownKinds })
    return {
      outcome: 'inconclusive',
      message: `${unresolved}: ${missing === '' ? 'the namespace of the incident is not known.' : missing}`,
    }
  }
  if (isFiring || unevaluated.length > 0 || (view.scope.alerts.length === 0 && symptoms.length > 0)) {
    const others = findings.filter(finding => finding.code !== 'ALERT_FIRING').slice(0, 3)
    if (others.length === 0 && areInformational(view))
      return {
        outcome: 'no-fault',
        message: `No fault found: alerts of severity none, here ${namesOf(view)}, need no action.`,
      }
    const seen =
      others.length === 0
        ? describeHealth(view)
        : `Other findings: ${others.map(finding => finding.message).join('; ')}.`
    const candidate =
      best === undefined ? '' : ` The most likely cause has too little evidence to act on: ${best.message}.`
    return {
      outcome: 'inconclusive',
      message: `${describeSymptom(view, symptoms, unevaluated)}, but nothing that was read explains it. ${seen}${candidate}`,
    }
  }
  if (isCluster)
    return {
      outcome: 'no-fault',
      message: `No fault found: the condition of ${namesOf(view)} does not hold now. ${describeHealth(view)}`,
    }
  if (!isMeasured(view))
    return {
      outcome: 'inconclusive',
      message: `${unresolved}: Prometheus has no request metrics of ${view.service ?? 'any service in the namespace'}.`,
    }
  const condition =
    view.scope.alerts.length === 0 ? '' : `the condition of ${namesOf(view)} does not hold now, and `
  return {
    outcome: 'no-fault',
    message: `No fault found: ${condition}every signal that was read is unchanged.`,
  }
}

/** What was read where none of it shows a fault. */
function describeHealth(view: SnapshotView): string {
  if (!isAboutCluster(view.scope)) return 'Every signal that was read is unchanged.'
  const { object } = view.scope
  const nodes = view.objectsOf('Node')
  if (object?.kind !== 'Node')
    return `Of the ${pluralize(nodes.length, 'node')} that ${nodes.length === 1 ? 'was' : 'were'} read, none reports a fault.`
  const own = nodes.find(node => isNodeNamed(node.object, object.name))
  return own === undefined
    ? `The cluster has no node ${object.name}.`
    : `Node ${own.object.metadata.name} is Ready and reports no pressure.`
}

function describeSymptom(view: SnapshotView, symptoms: Finding[], unevaluated: AlertFact[]): string {
  const firing = symptoms.filter(({ code }) => code === 'ALERT_FIRING').map(({ subject }) => subject.name)
  if (firing.length > 0) return describeFiring(firing)
  if (unevaluated.length === 0) return 'The symptom is confirmed'
  const names = unevaluated.map(alert => alert.name)
  const reason = names.some(name => hasRule(view, name) !== false)
    ? 'Prometheus does not show that this is over'
    : 'this Prometheus has no such rule'
  return `${describeFiring(names)} according to the sender, and ${reason}`
}

function describeFiring(alerts: string[]): string {
  const isOne = new Set(alerts).size === 1
  return isOne ? `Alert ${joinNames(alerts)} is firing` : `Alerts ${joinNames(alerts)} are firing`
}

function namesOf({ scope }: SnapshotView): string {
  return joinNames(scope.alerts.map(alert => alert.name))
}

/** Each name once; the incident lists the alerts that a sentence has no room for. */
function joinNames(alerts: string[]): string {
  const names = [...new Set(alerts)].map(quote)
  if (names.length <= MAX_NAMES) return joinWords(names)
  return joinWords([...names.slice(0, MAX_NAMES - 1), `${names.length - MAX_NAMES + 1} more`])
}

/** Alerts that fire by design, such as a watchdog of the alerting pipeline: kube-prometheus gives them the severity `none`. */
function areInformational({ scope: { alerts } }: SnapshotView): boolean {
  return alerts.length > 0 && alerts.every(alert => alert.labels.severity === 'none')
}

/** Whether two services have the same fault with the same confidence: then either, or what they share, may be the cause. */
function areAlike(a: Cause, b: Cause): boolean {
  return (
    a.code === b.code &&
    a.confidence === b.confidence &&
    a.service !== b.service &&
    a.service !== null &&
    b.service !== null
  )
}

/** A query that finds no series was answered, but shows nothing about the service. */
function isMeasured(view: SnapshotView): boolean {
  return OUTCOME_NEEDS.signals.every(name =>
    view
      .series(name)
      .some(
        ({ labels, points }) =>
          points.length > 0 && (view.service === null || labels.service === view.service),
      ),
  )
}
