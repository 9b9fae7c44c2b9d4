import type { ReadTool } from '@goalixa/tools/tool'
import type { Advisor } from '../graphs/ports.ts'
import type { RunAgent } from './create-agent-runner.ts'
import { createQuestionTools, MAX_QUESTIONS } from './question-tools.ts'

const PLANNER = {
  name: 'planner',
  task: `A person wrote the request in the data. Name up to ${MAX_QUESTIONS} reads, as tool calls, that are needed to answer it and
that a general investigation of the namespace would miss.`,
}

const HYPOTHESES = {
  name: 'hypotheses',
  task: `The cause is not known yet. Name up to ${MAX_QUESTIONS} reads, as tool calls, that would tell the remaining hypotheses
apart.`,
}

/** Lets a model request more reads: as a planner for the request of a person, and to test hypotheses where the verdict is inconclusive. */
export function createAdvisor({
  runAgent,
  tools,
}: {
  runAgent: RunAgent
  tools: readonly ReadTool[]
}): Advisor {
  return {
    async ask({ investigationId, verdict, snapshot, text, signal }) {
      const plan = createQuestionTools(tools, snapshot)
      await runAgent({
        ...(text === null ? HYPOTHESES : PLANNER),
        investigationId,
        signal,
        tools: plan.tools,
        data: {
          request: text,
          scope: snapshot.scope,
          verdict: verdict && { message: verdict.message, unread: verdict.unread },
          findings: verdict?.findings.map(({ code, message, subject }) => ({ code, message, subject })) ?? [],
          asked: [...snapshot.reads, ...snapshot.unread].map(read => read.question),
        },
      })
      return plan.questions()
    },
  }
}
