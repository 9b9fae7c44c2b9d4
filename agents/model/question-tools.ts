import { createHash } from 'node:crypto'
import type { Question } from '@goalixa/tools/evidence'
import type { ReadTool } from '@goalixa/tools/tool'
import { tool as defineLangChainTool, type StructuredTool } from 'langchain'
import { z } from 'zod'
import { questionId } from '../snapshot/question-id.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'

/** A tool that records a question instead of reading. */
export type QuestionTool = StructuredTool

/** How many reads a model may request in one round. */
export const MAX_QUESTIONS = 5

/**
 * Read tools as LangChain tools that only collect questions, which the graph then reads like any other. A call is accepted if
 * it names a read tool, its arguments are valid and of the same namespace, it was not asked before, and it is one of at most
 * five.
 */
export function createQuestionTools(tools: readonly ReadTool[], snapshot: Snapshot) {
  const asked = new Set<string>([...snapshot.reads, ...snapshot.unread].map(read => read.question))
  const questions = new Map<string, Question>()
  const accept = (name: string, input: unknown): string => {
    const args = z.record(z.string(), z.json()).safeParse(input)
    if (!args.success) return 'Rejected: the arguments are not a JSON object.'
    if (args.data.namespace !== undefined && args.data.namespace !== snapshot.scope.namespace)
      return `Rejected: the investigation may only read the namespace ${snapshot.scope.namespace ?? '(none)'}.`
    const id = questionId.model(name, digest(name, args.data))
    if (asked.has(id)) return 'Rejected: the investigation has already read this.'
    if (questions.size >= MAX_QUESTIONS) return `Rejected: a round has at most ${MAX_QUESTIONS} reads.`
    questions.set(id, { id, tool: name, args: args.data, why: 'requested by the model' })
    return 'Accepted: the investigation will read it.'
  }
  return {
    /** The questions that the model has asked so far. */
    questions: (): Question[] => [...questions.values()],
    tools: tools.map(({ name, description, input }) =>
      defineLangChainTool(async args => accept(name, args), {
        name,
        description,
        schema: input as z.ZodObject,
        returnDirect: true,
      }),
    ) as QuestionTool[],
  }
}

function digest(name: string, args: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([name, args]))
    .digest('hex')
    .slice(0, 10)
}
