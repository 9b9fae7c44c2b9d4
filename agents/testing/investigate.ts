import type { Evidence, Question } from '@goalixa/tools/evidence'
import type { Choice } from '../devops/choice.ts'
import { chooseProposal } from '../devops/choose-proposal.ts'
import { type Diagnosis, diagnoseView } from '../incident/diagnose.ts'
import type { Verdict } from '../incident/verdict.ts'
import { planQuestions } from '../planner/plan-questions.ts'
import { buildView } from '../snapshot/build-snapshot.ts'
import type { Scope, Snapshot } from '../snapshot/snapshot.ts'
import { answerOf } from './answer-of.ts'
import { iso, NAMESPACE } from './kube.ts'
import { NOW, type World } from './sample-cluster.ts'

/** The result of investigating a sample cluster. */
export type Investigated = {
  diagnosis: Diagnosis
  verdict: Verdict
  choice: Choice
  snapshot: Snapshot
  evidence: Evidence[]
}

/** Investigates a sample cluster as the graph does: three rounds of questions, then what the proposal still needs. */
export function investigate(world: World, more: Partial<Scope> = {}, answer = answerOf): Investigated {
  const starts = world.scope.map(alert => alert.startsAt).toSorted()
  const scope: Scope = {
    alerts: world.scope,
    namespace: NAMESPACE,
    service: world.scope[0]?.labels.service ?? null,
    object: null,
    since: starts[0] ?? iso(NOW),
    timeScale: 30,
    ...more,
  }
  const evidence: Evidence[] = []
  const ask = (questions: Question[]) => {
    for (const question of questions) evidence.push(answer(world, question, evidence.length + 1))
  }
  const diagnoseAll = () => diagnoseView(buildView(scope, evidence))
  for (const round of [1, 2, 3])
    ask(planQuestions({ scope, diagnosis: round === 1 ? null : diagnoseAll(), round, now: iso(NOW) }))
  for (let tries = 0; ; tries++) {
    const diagnosis = diagnoseAll()
    const { verdict, view } = diagnosis
    const choice = chooseProposal({ diagnosis, verdict })
    if (choice.missing.length === 0) return { diagnosis, verdict, choice, snapshot: view.snapshot, evidence }
    if (tries > 5)
      throw new Error(`The choice still misses ${choice.missing.map(({ id }) => id).join(', ')}.`)
    ask(choice.missing)
  }
}
