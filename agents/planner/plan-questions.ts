import type { Question } from '@goalixa/tools/evidence'
import { runAnalysers } from '../incident/analysers/run-analysers.ts'
import { detectedProfile, profileQuestion } from '../signals/detect-profile.ts'
import { GOALIXA } from '../signals/metric-profiles.ts'
import { profileSeriesQuestions } from '../signals/series-questions.ts'
import { indexSnapshot, type SnapshotView } from '../snapshot/index-snapshot.ts'
import { questionId } from '../snapshot/question-id.ts'
import type { Scope, Snapshot } from '../snapshot/snapshot.ts'
import { isKubernetesName } from '../snapshot/text/is-kubernetes-name.ts'
import { firstQuestions } from './first-questions.ts'
import { followUpQuestions } from './follow-up-questions.ts'
import { releaseQuestions } from './release-questions.ts'

const BUDGET = 42

/**
 * The reads to do next, in order; `[]` when nothing is missing. Round 1 asks for the signals of the namespace, round 2
 * looks closer at what looked bad, round 3 at what was released. At most 42 reads altogether.
 */
export function planQuestions({
  scope,
  snapshot,
  round,
  now,
}: {
  scope: Scope
  snapshot: Snapshot | null
  round: number
  /** ISO: until when series are read. Without it: the time of the last read, else when the alert began. */
  now?: string
}): Question[] {
  const answers = [...(snapshot?.reads ?? []), ...(snapshot?.unread ?? [])]
  const asked = new Set(answers.map(answer => answer.question))
  // One answer may tell of several things that it lacks; it was one read.
  const spent = new Set(answers.map(answer => answer.evidence)).size
  const fresh = questionsOf(scope, snapshot, round, now).filter(question => !asked.has(question.id))
  return fresh.slice(0, Math.max(BUDGET - spent, 0))
}

function questionsOf(scope: Scope, snapshot: Snapshot | null, round: number, now?: string): Question[] {
  const namespace = namespaceOf(scope, snapshot)
  if (namespace === null) return round === 1 ? placeQuestions() : []
  const until = now ?? snapshot?.at ?? scope.since
  if (snapshot === null || round <= 1) return firstQuestions(scope, namespace, until)

  const view = indexSnapshot({ ...snapshot, scope: { ...scope, namespace } })
  const findings = runAnalysers(view)
  // Where the first answer had to be where the service lives, the first questions come in the second round.
  const first = snapshot.reads.some(read => read.question === questionId.events())
    ? []
    : firstQuestions(scope, namespace, until)
  if (first.length > 0) return first
  const closer = [...profileQuestions(view, namespace, until), ...followUpQuestions(view, findings)]
  return round === 2 ? closer : [...closer, ...releaseQuestions(view, findings)]
}

/** Where the names asked for first measure nothing, others are looked for, and asked for if they are there. */
function profileQuestions(view: SnapshotView, namespace: string, until: string): Question[] {
  const isMeasured = view.series('request-rate').some(series => series.points.length > 0)
  if (isMeasured || !view.wasRead(questionId.series('request-rate'))) return []
  const profile = detectedProfile(view)
  return profile === GOALIXA
    ? [profileQuestion(namespace)]
    : profileSeriesQuestions(view.scope, namespace, until, profile)
}

function placeQuestions(): Question[] {
  return [
    {
      id: questionId.deliveryApps(),
      tool: 'delivery_list_apps',
      args: {},
      why: 'in which namespace the service lives',
    },
    { id: questionId.alerts(), tool: 'prometheus_list_alerts', args: {}, why: 'what fires, and where' },
  ]
}

/** Labels are other people's text: only what is a valid name goes into a query. */
function namespaceOf(scope: Scope, snapshot: Snapshot | null): string | null {
  const told = [scope.namespace, ...scope.alerts.map(alert => alert.labels.namespace)].find(isKubernetesName)
  if (told !== undefined) return told
  if (snapshot === null) return null
  const view = indexSnapshot(snapshot)
  const name = scope.service ?? scope.object?.name
  const app = view.apps.find(
    app => app.name === name || app.resources.some(resource => resource.name === name),
  )
  const found = app?.resources.map(resource => resource.namespace).find(isKubernetesName) ?? app?.namespace
  return isKubernetesName(found) ? found : null
}
