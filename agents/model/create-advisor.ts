import { createHash } from 'node:crypto'
import type { Question } from '@goalixa/tools/evidence'
import type { ReadTool } from '@goalixa/tools/tool'
import { z } from 'zod'
import type { Advisor } from '../graphs/ports.ts'
import { questionId } from '../snapshot/question-id.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Ask, Reply } from './create-ask.ts'

const QUESTIONS = 5

/**
 * Lets a model ask for more reads: for what a person wrote, and where the engine can not tell. Code decides which of its
 * tool calls become questions: a read tool, valid arguments, no other namespace, nothing asked before, at most five.
 */
export function createAdvisor({ ask, tools }: { ask: Ask; tools: readonly ReadTool[] }): Advisor {
  const cards = tools.map(({ name, description, input }) => ({
    name,
    description,
    schema: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>,
  }))
  return {
    async ask({ investigationId, verdict, snapshot, text, signal }) {
      const reply = await ask({
        investigationId,
        signal,
        task: text === null ? UNKNOWN : FREE_TEXT,
        tools: cards,
        data: {
          request: text,
          scope: snapshot.scope,
          verdict: verdict && { message: verdict.message, unread: verdict.unread },
          findings: verdict?.findings.map(({ code, message, subject }) => ({ code, message, subject })) ?? [],
          asked: [...snapshot.reads, ...snapshot.unread].map(one => one.question),
        },
      })
      return questionsOf(reply, tools, snapshot)
    },
  }
}

const UNKNOWN = `The cause is not known yet. Name up to ${QUESTIONS} reads, as tool calls, that would tell the remaining
explanations apart.`
const FREE_TEXT = `A person wrote the request in the data. Name up to ${QUESTIONS} reads, as tool calls, that are needed to
answer it and that a general look at the namespace would miss.`

function questionsOf(reply: Reply | undefined, tools: readonly ReadTool[], snapshot: Snapshot): Question[] {
  const asked = new Set([...snapshot.reads, ...snapshot.unread].map(one => one.question))
  const questions = (reply?.toolCalls ?? []).flatMap(({ name, args }) => {
    const tool = tools.find(tool => tool.name === name)
    const parsed = tool?.input.safeParse(args)
    if (!tool || !parsed?.success || leavesNamespace(args, snapshot)) return []
    const digest = createHash('sha256')
      .update(JSON.stringify([name, parsed.data]))
      .digest('hex')
      .slice(0, 10)
    const id = questionId.model(name, digest)
    const plain = z.record(z.string(), z.json()).safeParse(parsed.data)
    return asked.has(id) || !plain.success
      ? []
      : [{ id, tool: name, args: plain.data, why: 'asked for by the model' }]
  })
  return [...new Map(questions.map(question => [question.id, question])).values()].slice(0, QUESTIONS)
}

function leavesNamespace({ namespace }: Record<string, unknown>, { scope }: Snapshot): boolean {
  return namespace !== undefined && namespace !== scope.namespace
}
