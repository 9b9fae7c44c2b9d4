import type { Evidence, Question } from '@goalixa/tools/evidence'
import type { Choice } from '../devops/choice.ts'
import { chooseProposal } from '../devops/choose-proposal.ts'
import { diagnose } from '../incident/diagnose.ts'
import type { Verdict } from '../incident/verdict.ts'
import { planQuestions } from '../planner/plan-questions.ts'
import { buildSnapshot } from '../snapshot/build-snapshot.ts'
import type { Scope, Snapshot } from '../snapshot/snapshot.ts'
import { answerOf } from './answer-of.ts'
import { iso, NAMESPACE } from './kube.ts'
import { NOW, type World } from './sample-cluster.ts'

export type Investigated = { verdict: Verdict; choice: Choice; snapshot: Snapshot; evidence: Evidence[] }

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
  for (const round of [1, 2, 3])
    ask(planQuestions({ scope, snapshot: buildSnapshot(scope, evidence), round, now: iso(NOW) }))
  for (let tries = 0; ; tries++) {
    const snapshot = buildSnapshot(scope, evidence)
    const { verdict } = diagnose(snapshot)
    const choice = chooseProposal({ snapshot, verdict })
    if (choice.missing.length === 0) return { verdict, choice, snapshot, evidence }
    if (tries > 5)
      throw new Error(`It keeps asking: ${choice.missing.map(question => question.id).join(', ')}`)
    ask(choice.missing)
  }
}
