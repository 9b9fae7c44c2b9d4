import { pluralize } from '@goalixa/chassis/pluralize'
import type { Question } from '@goalixa/tools/evidence'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { defineNode } from '../define-node.ts'
import type { InvestigationState } from '../investigation-state.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Decides what to ask in this round: the planner, and the advisor where the verdict is inconclusive. */
export function plan(deps: InvestigationDeps) {
  const { engine, record, now } = deps
  return defineNode(deps, 'plan', async (state, signal) => {
    const { investigationId } = state
    const round = state.round + 1
    const scope = await record.scope(investigationId)
    const evidence = await record.evidence(investigationId)
    const snapshot = engine.buildSnapshot(scope, evidence)
    const questions = engine.planQuestions({ scope, snapshot, round, now: now().toISOString() })
    questions.push(...(await advice(deps, state, snapshot, signal)))
    const pending = await record.plan(investigationId, round, questions)
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

// A model is asked where it can help: about a person's own words at first, later where the verdict is inconclusive.
async function advice(
  { advisor, record }: InvestigationDeps,
  { investigationId, round, outcome }: InvestigationState,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<Question[]> {
  const text = round === 0 ? await record.request(investigationId) : null
  if (!advisor || (text === null && outcome !== 'inconclusive')) return []
  const verdict = round === 0 ? null : await record.verdict(investigationId)
  return advisor.ask({ investigationId, text, verdict, snapshot, signal })
}
