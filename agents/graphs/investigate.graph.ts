import { isRetryable } from '@goalixa/chassis/errors'
import { type BaseCheckpointSaver, END, Send, START, StateGraph } from '@langchain/langgraph'
import { InvestigationChannels } from './investigation-state.ts'
import { limitParallel } from './limit-parallel.ts'
import { act } from './nodes/act.ts'
import { collect, type Read } from './nodes/collect.ts'
import { diagnose } from './nodes/diagnose.ts'
import { gate } from './nodes/gate.ts'
import { intake } from './nodes/intake.ts'
import { plan } from './nodes/plan.ts'
import { propose } from './nodes/propose.ts'
import { remember } from './nodes/remember.ts'
import { report } from './nodes/report.ts'
import { review } from './nodes/review.ts'
import { undo } from './nodes/undo.ts'
import { verify } from './nodes/verify.ts'
import type { InvestigationDeps } from './ports.ts'

/** Rounds of questions before a verdict has to do. */
export const ROUNDS = 3

type State = typeof InvestigationChannels.State

/** The table of contents of an investigation. */
export function investigateGraph(deps: InvestigationDeps, checkpointer: BaseCheckpointSaver) {
  const limit = limitParallel(deps.parallelReads)
  return new StateGraph(InvestigationChannels)
    .addNode('intake', intake(deps), { retryPolicy })
    .addNode('plan', plan(deps), { retryPolicy })
    .addNode('collect', collect(deps, limit), { retryPolicy })
    .addNode('diagnose', diagnose(deps), { retryPolicy })
    .addNode('propose', propose(deps), { retryPolicy })
    .addNode('preflight', collect(deps, limit, 'preflight'), { retryPolicy })
    .addNode('review', review(deps), { retryPolicy })
    .addNode('gate', gate())
    .addNode('act', act(deps), { retryPolicy })
    .addNode('verify', verify(deps), { retryPolicy })
    .addNode('undo', undo(deps), { retryPolicy })
    .addNode('report', report(deps), { retryPolicy })
    .addNode('remember', remember(deps), { retryPolicy })
    .addEdge(START, 'intake')
    .addEdge('intake', 'plan')
    .addConditionalEdges('plan', whatToAsk, ['collect', 'diagnose', 'propose'])
    .addEdge('collect', 'diagnose')
    .addConditionalEdges('diagnose', isThereTime, ['plan', 'propose'])
    .addConditionalEdges('propose', whatIsProposed, ['preflight', 'review', 'report'])
    .addEdge('preflight', 'propose')
    .addConditionalEdges('review', whoDecides, ['gate', 'report'])
    .addConditionalEdges('gate', wasApproved, ['act', 'report'])
    .addConditionalEdges('act', wasExecuted, ['verify', 'undo', 'report'])
    .addConditionalEdges('verify', didItHelp, ['undo', 'report'])
    .addEdge('undo', 'report')
    .addEdge('report', 'remember')
    .addEdge('remember', END)
    .compile({ checkpointer, name: 'investigate' })
}
export type InvestigateGraph = ReturnType<typeof investigateGraph>

// An allow-list: LangGraph's own default would also try a TypeError again.
const retryPolicy = {
  retryOn: isRetryable,
  maxAttempts: 3,
  initialInterval: 500,
  jitter: false,
  logWarning: false,
}

function whatToAsk(state: State) {
  if (state.pending.length > 0) return readers('collect', state)
  return state.round === 1 ? 'diagnose' : 'propose'
}

function isThereTime(state: State) {
  return state.round < ROUNDS ? 'plan' : 'propose'
}

function whatIsProposed(state: State) {
  if (state.pending.length > 0) return readers('preflight', state)
  return state.actionState === 'chosen' ? 'review' : 'report'
}

// An approval that the policy gave by itself goes through the gate as well: one way for all, and a durable stop before acting.
function whoDecides(state: State) {
  return state.actionState === 'awaiting-approval' || state.actionState === 'approved' ? 'gate' : 'report'
}

function wasApproved(state: State) {
  return state.actionState === 'approved' ? 'act' : 'report'
}

function wasExecuted(state: State) {
  if (state.actionState === 'verifying') return 'verify'
  return state.actionState === 'half-done' ? 'undo' : 'report'
}

function didItHelp(state: State) {
  // What could not be watched is not taken back: that might bring the trouble back. A person is asked.
  return state.actionState === 'recovered' || state.actionState === 'unknown' ? 'report' : 'undo'
}

function readers(node: 'collect' | 'preflight', { investigationId, pending }: State) {
  return pending.map(questionId => new Send(node, { investigationId, questionId } satisfies Read))
}
