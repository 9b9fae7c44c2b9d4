import { pluralize } from '@goalixa/chassis/pluralize'
import type { Question } from '@goalixa/tools/evidence'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { ThreadConclusions } from '../create-conclusions.ts'
import { defineNode } from '../define-node.ts'
import type { InvestigationState } from '../investigation-state.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Decides what to ask in this round: what the planner wants, and what the advisor adds where it can help. */
export function plan(deps: InvestigationDeps, conclusions: ThreadConclusions) {
  const { engine, evidence, record, now } = deps
  return defineNode(deps, 'plan', async (state, signal) => {
    const { investigationId } = state
    const round = state.round + 1
    const diagnosis = await conclusions.diagnosisOf(state)
    const { scope, snapshot } = diagnosis.view
    const questions = engine.planQuestions({ scope, diagnosis, round, now: now().toISOString() })
    questions.push(...(await advise(deps, state, snapshot, signal)))
    const pending = await evidence.plan(investigationId, round, questions)
    if (questions.length > 0)
      await record.addEntry(investigationId, {
        key: `plan/${round}`,
        kind: 'questions-planned',
        message: `Round ${round}: ${pluralize(questions.length, 'question')}.`,
        data: { round, questions: questions.map(({ id, tool, why }) => ({ id, tool, why })) },
      })
    return { round, pending }
  })
}

// A model is asked about a person's own words before the first round, later only where the verdict is inconclusive.
async function advise(
  { advisor, record }: InvestigationDeps,
  { investigationId, round, outcome }: InvestigationState,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<Question[]> {
  if (!advisor || (round > 0 && outcome !== 'inconclusive')) return []
  const { request, verdict } = await record.load(investigationId)
  if (round > 0) return advisor.ask({ investigationId, text: null, verdict, snapshot, signal })
  if (request === null) return []
  return advisor.ask({ investigationId, text: request, verdict: null, snapshot, signal })
}
