import { isRetryable } from '@goalixa/chassis/errors'
import { type BaseCheckpointSaver, END, Send, START, StateGraph } from '@langchain/langgraph'
import limitParallel from 'p-limit'
import { z } from 'zod'
import {
  EXECUTION_RESULTS,
  type ExecutionResult,
  VERIFICATION_RESULTS,
  type VerificationResult,
} from '../devops/action-state.ts'
import { createConclusions } from './create-conclusions.ts'
import { InvestigationChannels } from './investigation-state.ts'
import { act, undo, verify } from './nodes/action.ts'
import { collect, type Read } from './nodes/collect.ts'
import { diagnoseRound } from './nodes/diagnose-round.ts'
import { gate } from './nodes/gate.ts'
import { intake } from './nodes/intake.ts'
import { plan } from './nodes/plan.ts'
import { propose } from './nodes/propose.ts'
import { remember, report } from './nodes/report.ts'
import { review } from './nodes/review.ts'
import type { InvestigationDeps } from './ports.ts'

/** Rounds of questions, after which the verdict is final. */
export const MAX_ROUNDS = 3

type State = typeof InvestigationChannels.State

/** The table of contents of an investigation. */
export function investigateGraph(deps: InvestigationDeps, checkpointer: BaseCheckpointSaver) {
  const limit = limitParallel(deps.parallelReads)
  const conclusions = createConclusions(deps)
  return new StateGraph(InvestigationChannels)
    .addNode('intake', intake(deps), { retryPolicy })
    .addNode('plan', plan(deps, conclusions), { retryPolicy })
    .addNode('collect', collect(deps, limit), { retryPolicy })
    .addNode('diagnose', diagnoseRound(deps, conclusions), { retryPolicy })
    .addNode('propose', propose(deps, conclusions), { retryPolicy })
    .addNode('preflight', collect(deps, limit, 'preflight'), { retryPolicy })
    .addNode('review', review(deps, conclusions), { retryPolicy })
    .addNode('gate', gate())
    .addNode('act', act(deps), { retryPolicy })
    .addNode('verify', verify(deps), { retryPolicy })
    .addNode('undo', undo(deps), { retryPolicy })
    .addNode('report', report(deps, conclusions), { retryPolicy })
    .addNode('remember', remember(deps), { retryPolicy })
    .addEdge(START, 'intake')
    .addEdge('intake', 'plan')
    .addConditionalEdges('plan', afterPlan, ['collect', 'diagnose', 'propose'])
    .addEdge('collect', 'diagnose')
    .addConditionalEdges('diagnose', afterDiagnose, ['plan', 'propose'])
    .addConditionalEdges('propose', afterPropose, ['preflight', 'review', 'report'])
    .addEdge('preflight', 'propose')
    .addConditionalEdges('review', afterReview, ['gate', 'report'])
    .addConditionalEdges('gate', afterGate, ['act', 'report'])
    .addConditionalEdges('act', afterAct, ['verify', 'undo', 'report'])
    .addConditionalEdges('verify', afterVerify, ['undo', 'report'])
    .addEdge('undo', 'report')
    .addEdge('report', 'remember')
    .addEdge('remember', END)
    .compile({ checkpointer, name: 'investigate' })
}
export type InvestigateGraph = ReturnType<typeof investigateGraph>

// An allow-list: LangGraph's default would also retry a TypeError.
const retryPolicy = {
  retryOn: isRetryable,
  maxAttempts: 3,
  initialInterval: 500,
  jitter: false,
  logWarning: false,
}

function afterPlan({ pending, round, investigationId }: State) {
  if (pending.length > 0) return readers('collect', investigationId, pending)
  return round === 1 ? 'diagnose' : 'propose'
}

function afterDiagnose({ round }: State) {
  return round < MAX_ROUNDS ? 'plan' : 'propose'
}

function afterPropose({ pending, actionState, investigationId }: State) {
  if (pending.length > 0) return readers('preflight', investigationId, pending)
  return actionState === 'chosen' ? 'review' : 'report'
}

// An automatic approval goes through the gate as well: one path for all, and a durable stop before anything is changed.
function afterReview({ actionState }: State) {
  return actionState === 'awaiting-approval' || actionState === 'approved' ? 'gate' : 'report'
}

function afterGate({ actionState }: State) {
  return actionState === 'approved' ? 'act' : 'report'
}

function afterAct({ actionState }: State) {
  return AFTER_ACT[z.enum(EXECUTION_RESULTS).parse(actionState)]
}

function afterVerify({ actionState }: State) {
  return AFTER_VERIFY[z.enum(VERIFICATION_RESULTS).parse(actionState)]
}

const AFTER_ACT = {
  verifying: 'verify',
  'partially-executed': 'undo',
  'handed-off': 'report',
  superseded: 'report',
  refused: 'report',
  failed: 'report',
} as const satisfies Record<ExecutionResult, string>

const AFTER_VERIFY = {
  recovered: 'report',
  'no-effect': 'undo',
  worse: 'undo',
  // What could not be verified is not undone: that might bring the problem back. It needs human attention.
  unknown: 'report',
} as const satisfies Record<VerificationResult, string>

function readers(node: 'collect' | 'preflight', investigationId: string, pending: string[]) {
  return pending.map(questionId => new Send(node, { investigationId, questionId } satisfies Read))
}
