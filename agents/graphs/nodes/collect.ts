import type { LangGraphRunnableConfig } from '@langchain/langgraph'
import type { LimitFunction } from 'p-limit'
import { z } from 'zod'
import type { StateUpdate } from '../investigation-state.ts'
import type { InvestigationDeps } from '../ports.ts'

/** What `Send` hands to one reader. */
export const Read = z.object({ investigationId: z.uuid(), questionId: z.string() })
export type Read = z.infer<typeof Read>

/** Reads the answer of one question. What could not be read is a result as well. */
export function collect(deps: InvestigationDeps, limit: LimitFunction, name = 'collect') {
  const { record, recorder, aroundNode } = deps
  return async (raw: unknown, config: LangGraphRunnableConfig): Promise<StateUpdate> => {
    const { investigationId, questionId } = Read.parse(raw)
    const read = async () => {
      const question = await record.question(investigationId, questionId)
      const signal = config.signal ?? new AbortController().signal
      const evidence = await recorder.read(question, { investigationId, signal })
      await record.addEntry(investigationId, {
        key: `read/${questionId}`,
        kind: evidence.outcome === 'read' ? 'evidence-read' : 'evidence-unread',
        message:
          evidence.outcome === 'read'
            ? `${evidence.id}: ${question.why}`
            : `${evidence.id}: could not read ${question.tool}: ${evidence.reason?.message ?? 'no reason given'}`,
        data: { evidence: evidence.id, question: questionId, tool: question.tool, tookMs: evidence.tookMs },
      })
      return { evidence: [evidence.id] }
    }
    return limit(() => (aroundNode ? aroundNode(name, investigationId, read) : read()))
  }
}
