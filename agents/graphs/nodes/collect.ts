import type { Evidence } from '@goalixa/tools/evidence'
import type { LangGraphRunnableConfig } from '@langchain/langgraph'
import type { LimitFunction } from 'p-limit'
import { z } from 'zod'
import type { StateUpdate } from '../investigation-state.ts'
import type { InvestigationDeps } from '../ports.ts'

/** What `Send` hands to one reader. */
export const Read = z.object({ investigationId: z.uuid(), questionId: z.string() })
export type Read = z.infer<typeof Read>

/** Reads the answer to one question. One that could not be read is a result as well. */
export function collect(deps: InvestigationDeps, limit: LimitFunction, name = 'collect') {
  const { aroundNode, precedence } = deps
  return async (raw: unknown, config: LangGraphRunnableConfig): Promise<StateUpdate> => {
    const read = Read.parse(raw)
    const signal = config.signal ?? new AbortController().signal
    const work = () => readAnswer(deps, read, signal)
    const around = () => (aroundNode ? aroundNode(name, read.investigationId, work) : work())
    await precedence?.yieldStep(read.investigationId, name)
    // A read that waited for a slot while something more urgent arrived gives the slot up, once.
    const update = await limit(() => ((precedence?.isFirst(read.investigationId) ?? true) ? around() : null))
    if (update !== null) return update
    await precedence?.yieldStep(read.investigationId, name)
    return limit(around)
  }
}

async function readAnswer(
  { evidence, record, recorder }: InvestigationDeps,
  { investigationId, questionId }: Read,
  signal: AbortSignal,
): Promise<StateUpdate> {
  const question = await evidence.question(investigationId, questionId)
  const { id, outcome, reason, tookMs } = await recorder.read(question, { investigationId, signal })
  await record.addEntry(investigationId, {
    key: `read/${questionId}`,
    kind: outcome === 'read' ? 'evidence-read' : 'evidence-unread',
    message: `${id}: ${outcome === 'read' ? question.why : describeFailure(question.tool, reason)}`,
    data: { evidence: id, question: questionId, tool: question.tool, tookMs },
  })
  return { evidence: [id] }
}

/** A system that is not configured is a fact, and no failure. */
function describeFailure(tool: string, reason: Evidence['reason']): string {
  const message = reason?.message ?? 'no reason given'
  return reason?.code === 'NOT_CONFIGURED' ? message : `could not read ${tool}: ${message}`
}
