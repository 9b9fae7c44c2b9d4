import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Decides what to ask in this round: the planner, and the advisor where the engine can not tell. */
export function plan(deps: InvestigationDeps) {
  const { engine, record, advisor, now } = deps
  return defineNode(deps, 'plan', async state => {
    const { investigationId } = state
    const round = state.round + 1
    const about = await record.about(investigationId)
    const evidence = await record.evidence(investigationId)
    const snapshot = engine.snapshotOf(about, evidence)
    const questions = engine.planQuestions({ about, snapshot, round, now: now().toISOString() })
    if (advisor && state.outcome === 'unknown') {
      const verdict = await record.verdict(investigationId)
      questions.push(...(await advisor.ask({ investigationId, verdict, snapshot })))
    }
    const pending = await record.plan(investigationId, round, questions)
    if (questions.length > 0)
      await record.tell(investigationId, {
        key: `plan/${round}`,
        kind: 'questions-planned',
        says: `Round ${round}: ${questions.length} questions.`,
        data: { round, questions: questions.map(({ id, tool, why }) => ({ id, tool, why })) },
      })
    return { round, pending }
  })
}
