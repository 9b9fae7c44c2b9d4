import { ExpectedError, isRetryable } from '@goalixa/chassis/errors'
import { Command, GraphRecursionError, isGraphDrained, RunControl } from '@langchain/langgraph'
import type { InvestigateGraph } from './investigate.graph.ts'
import type { StateUpdate } from './investigation-state.ts'
import { type GateAnswer, GateQuestion } from './nodes/gate.ts'

/** Steps of one investigation over all its runs; more are an error that a person sees. */
export const STEP_BUDGET = 60

type Options = {
  graph: InvestigateGraph
  investigationId: string
  /** The decision on an action, or undefined while it is open. */
  decisionOn: (actionId: string) => Promise<GateAnswer | undefined>
  /** Whether the run may continue past the approval gate; otherwise it ends there, and a run that may act continues. */
  mayAct: boolean
  /** Aborts the run. */
  signal: AbortSignal
  /** Ends the run at its next step. */
  draining?: AbortSignal
  stepBudget?: number
}

/** `waiting` for a person, `decided` but not allowed to act, `done`, or `drained`. */
export type AdvanceResult = 'waiting' | 'decided' | 'done' | 'drained'

/**
 * Advances one thread as far as it goes without a person. It must hold the lease of the thread: two concurrent resumes would both
 * run what is behind the gate. An open thread gets no input, because that would drop its interrupt. Throws BUDGET_STEPS when
 * the step budget is used up.
 */
export async function advanceThread(options: Options): Promise<AdvanceResult> {
  const { graph, investigationId, signal, draining } = options
  const configurable = { thread_id: investigationId }
  const control = new RunControl()
  const drain = () => control.requestDrain('shutdown')
  draining?.addEventListener('abort', drain)
  try {
    for (;;) {
      signal.throwIfAborted()
      if (draining?.aborted) return 'drained'
      const state = await graph.getState({ configurable })
      const isNew = state.createdAt === undefined
      // Not `next`: it no longer holds a task whose writes were saved by a process that then died, although it is not done.
      if (!isNew && state.tasks.length === 0) return 'done'
      const input = isNew ? { investigationId } : await continuation(state, options)
      if (input === undefined) return 'waiting'
      if (input instanceof Command && !options.mayAct) return 'decided'
      await graph.invoke(input, {
        configurable,
        signal,
        control,
        // `maxConcurrency` is absent on purpose: with it, LangGraph 1.4 counts tasks that it never started as done.
        recursionLimit: stepsLeft(options.stepBudget ?? STEP_BUDGET, state.metadata?.step),
        // Before the gate a lost checkpoint costs a step, which reads nothing twice; once there is an action none may be lost.
        durability: state.values.actionId ? 'sync' : 'async',
      })
    }
  } catch (reason) {
    const error = decisiveOf(reason)
    if (isGraphDrained(error)) return 'drained'
    throw error instanceof GraphRecursionError ? overBudget(error) : error
  } finally {
    draining?.removeEventListener('abort', drain)
  }
}

// LangGraph throws several failures of parallel reads as one AggregateError. Only if all of them are transient, it is: during an
// outage every read fails at once.
function decisiveOf(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error
  return error.errors.find(each => !isRetryable(each)) ?? error.errors[0]
}

type State = Awaited<ReturnType<InvestigateGraph['getState']>>

// null continues where the thread stopped. A resume names its interrupt, because a bare value would answer all of them.
async function continuation(
  state: State,
  { decisionOn }: Options,
): Promise<Command<unknown, StateUpdate, never> | null | undefined> {
  const [waiting] = state.tasks.flatMap(task => task.interrupts)
  if (!waiting) return null
  const { actionId } = GateQuestion.parse(waiting.value)
  const answer = await decisionOn(actionId)
  return answer && waiting.id ? new Command({ resume: { [waiting.id]: answer } }) : undefined
}

function stepsLeft(budget: number, step = 0): number {
  if (step >= budget) throw overBudget()
  return budget - step
}

function overBudget(cause?: unknown) {
  return new ExpectedError('conflict', 'BUDGET_STEPS', 'The investigation used up its step budget.', {
    cause,
  })
}
