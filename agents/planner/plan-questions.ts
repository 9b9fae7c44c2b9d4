import type { Question } from '@goalixa/tools/evidence'
import type { Diagnosis } from '../incident/diagnose.ts'
import { detectMetricProfile, profileQuestion } from '../signals/detect-metric-profile.ts'
import { GOALIXA } from '../signals/metric-profiles.ts'
import { profileSeriesQuestions, seriesQuestions } from '../signals/series-questions.ts'
import { isPerPod } from '../signals/signals.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { Needs } from '../snapshot/needs.ts'
import { ownName } from '../snapshot/objects/delivery-app.ts'
import { type QuestionId, questionId } from '../snapshot/question-id.ts'
import { isAboutCluster } from '../snapshot/scope-reach.ts'
import type { Scope } from '../snapshot/snapshot.ts'
import { isKubernetesName } from '../snapshot/text/is-kubernetes-name.ts'
import { alertRuleQuestions } from './alert-rule-questions.ts'
import { clusterQuestions } from './cluster-questions.ts'
import { detailQuestions } from './detail-questions.ts'
import { ENGINE_NEEDS } from './engine-needs.ts'
import { firstQuestions } from './first-questions.ts'
import { followUpQuestions } from './follow-up-questions.ts'
import { rankSuspects } from './rank-suspects.ts'
import { syncQuestions } from './sync-questions.ts'

/** Reads of one investigation; those that a proposal needs come on top. */
const BUDGET = 42

type Plan = {
  scope: Scope
  /** What follows from the rounds before; null before the first. */
  diagnosis: Diagnosis | null
  round: number
  /** ISO: until when series are read. */
  now: string
  needs?: Needs
}

/**
 * The reads to do next, in order; `[]` when nothing is missing. Round one asks for what the engine needs of the namespace,
 * round two for logs and applications of the suspects, round three for what was released. No question is asked twice.
 */
export function planQuestions(plan: Plan): Question[] {
  const { reads = [], unread = [] } = plan.diagnosis?.view.snapshot ?? {}
  const answers = [...reads, ...unread]
  const asked = new Set(answers.map(answer => answer.question))
  // An answer that lacks several things is in `unread` several times; it was one read.
  const spent = new Set(answers.map(answer => answer.evidence)).size
  const open = questionsOfRound(plan).filter(question => !asked.has(question.id))
  return open.slice(0, Math.max(BUDGET - spent, 0))
}

function questionsOfRound({ scope, diagnosis, round, now, needs = ENGINE_NEEDS }: Plan): Question[] {
  if (isAboutCluster(scope))
    return diagnosis === null || round === 1 ? clusterQuestions(scope) : alertRuleQuestions(diagnosis.view)
  const namespace = findNamespace(scope, diagnosis?.view)
  if (namespace === null) return round === 1 ? namespaceQuestions() : []
  const place = { namespace, until: now, needs }
  // Where round one had to find the namespace, its own questions come in round two.
  if (diagnosis === null || round === 1 || !wasAsked(diagnosis.view, questionId.events()))
    return firstQuestions(scope, place)

  const { view, findings } = diagnosis
  const suspects = rankSuspects(view, findings)
  return [
    ...alertRuleQuestions(view),
    ...profileQuestions(view, place),
    ...perPodQuestions(view, place),
    ...followUpQuestions(view, { findings, suspects }),
    ...detailQuestions(view, namespace, { suspects, pods: view.pods }),
    ...(round === 2 ? [] : syncQuestions(view, suspects)),
  ]
}

/** Whether a question was answered, or could not be. */
function wasAsked({ snapshot }: SnapshotView, id: QuestionId): boolean {
  return [...snapshot.reads, ...snapshot.unread].some(({ question }) => question === id)
}

/** Where nothing is measured by the metric names that were asked for first, others are looked for, and read if they are there. */
function profileQuestions(
  view: SnapshotView,
  { namespace, until, needs }: { namespace: string; until: string; needs: Needs },
): Question[] {
  const isMeasured = view.series('request-rate').some(series => series.points.length > 0)
  if (isMeasured || !view.wasRead(questionId.series('request-rate'))) return []
  const profile = detectMetricProfile(view)
  return profile === GOALIXA
    ? [profileQuestion(namespace)]
    : profileSeriesQuestions(view.scope, { namespace, until, signals: needs.signals }, profile)
}

/** The signals of each pod, of a large namespace only for the pods that were read. */
function perPodQuestions(
  view: SnapshotView,
  { namespace, until, needs }: { namespace: string; until: string; needs: Needs },
): Question[] {
  const signals = needs.signals.filter(isPerPod)
  const pods = view.pods.map(pod => pod.name).filter(isKubernetesName)
  if (!view.isCounted('Pod')) return seriesQuestions(view.scope, { namespace, until, signals })
  return pods.length === 0 ? [] : seriesQuestions(view.scope, { namespace, until, signals, pods })
}

function namespaceQuestions(): Question[] {
  return [
    {
      id: questionId.deliveryApps(),
      tool: 'delivery_list_apps',
      args: {},
      why: 'the namespace of the service',
    },
    {
      id: questionId.alerts(),
      tool: 'prometheus_list_alerts',
      args: {},
      why: 'what is firing, and where',
    },
  ]
}

/** From the scope, else from its alerts, else from the application that deploys what it names. Only a valid name goes into a query. */
function findNamespace(scope: Scope, view: SnapshotView | undefined): string | null {
  const given = [scope.namespace, ...scope.alerts.map(alert => alert.labels.namespace)]
  const name = scope.service ?? scope.object?.name
  const app = view?.apps.find(
    app =>
      ownName(app) === name || app.name === name || app.resources.some(resource => resource.name === name),
  )
  const deployed = [...(app?.resources.map(resource => resource.namespace) ?? []), app?.namespace]
  return [...given, ...deployed].find(isKubernetesName) ?? null
}
