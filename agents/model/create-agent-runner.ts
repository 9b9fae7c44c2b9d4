import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage, HumanMessage } from '@langchain/core/messages'
import { createAgent, modelCallLimitMiddleware } from 'langchain'
import type { BudgetLimits, Spend } from './budget.ts'
import { budgetMiddleware, type Spending } from './budget-middleware.ts'
import { fenceData, RULES } from './fence-data.ts'
import type { QuestionTool } from './question-tools.ts'
import { redactionMiddleware } from './redaction-middleware.ts'

/** The model calls of one run. A call of a tool ends the run, so more calls would be a loop. */
const MAX_CALLS = 2

/** One run of an agent. */
export type AgentRun = {
  investigationId: string
  name: string
  /** What the model should do, in our own words. */
  task: string
  /** The input of the model. Text of others: fenced as data, never an instruction. */
  data: unknown
  tools?: QuestionTool[]
  signal?: AbortSignal
}

type Deps = {
  model: BaseChatModel
  limits: BudgetLimits
  spending: {
    load(investigationId: string): Promise<Spend>
    save(investigationId: string, spend: Spend): Promise<void>
  }
  onSpend?: Spending['onSpend']
  timeoutMs: number
  log: Log
}

/**
 * Creates a function that runs one agent within the budget of an investigation and a deadline. It resolves with the last text
 * of the agent, or undefined where there is none for any reason, because Syntra never depends on a model. Throws only the
 * caller's abort.
 */
export function createAgentRunner({ model, limits, spending, onSpend, timeoutMs, log }: Deps) {
  return async ({ investigationId, name, task, data, tools = [], signal }: AgentRun) => {
    const agent = createAgent({
      name,
      model,
      tools,
      systemPrompt: RULES,
      middleware: [
        modelCallLimitMiddleware({ runLimit: MAX_CALLS, exitBehavior: 'end' }),
        budgetMiddleware({
          limits,
          load: () => spending.load(investigationId),
          save: spend => spending.save(investigationId, spend),
          onSpend,
        }),
        redactionMiddleware(),
      ],
    })
    const deadline = AbortSignal.timeout(timeoutMs)
    try {
      const { messages } = await agent.invoke(
        { messages: [new HumanMessage(fenceData(task, data))] },
        { signal: signal ? AbortSignal.any([signal, deadline]) : deadline },
      )
      return messages.findLast(message => AIMessage.isInstance(message))?.text
    } catch (error) {
      signal?.throwIfAborted()
      const reason = reasonOf(error)
      log.warn({ investigationId, agent: name, reason }, 'model gave no answer')
      return undefined
    }
  }
}
/** The reason of the lowest layer where a connection failed; clients wrap it in errors of their own. */
function reasonOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ExpectedError) return cause.message
  return error instanceof Error ? error.name : 'unknown'
}

export type RunAgent = ReturnType<typeof createAgentRunner>
