import type { ActionState, ExecutionResult } from '@goalixa/agents/devops/action-state'
import { ExpectedError } from '@goalixa/chassis/errors'
import { openPendingRevert } from '../../pending-reverts/open-pending-revert.ts'
import { changeOf, policyContext } from '../../policy/policy-context.ts'
import type { ActionsDeps } from '../actions-deps.ts'
import type { Action, Move } from '../ledger.ts'
import { requireAction } from '../require-action.ts'
import { findDrift } from './find-drift.ts'
import { performSteps } from './perform-steps.ts'
import { reportOverdue } from './report-overdue.ts'
import { targetBusy, withTargetLease } from './with-target-lease.ts'

/**
 * Executes an approved action under its target's lease: policy again, preconditions again, then its steps. Resumes where a
 * crashed call stopped. Throws `unavailable` TARGET_BUSY while another action on the target is in progress.
 */
export function createExecuteAction(deps: ActionsDeps) {
  const { pool, leases, ledger, policy, toolExecutor, limits, patienceSeconds, now } = deps

  return async (actionId: string, signal: AbortSignal): Promise<ExecutionResult> => {
    const { target } = await requireAction(ledger, actionId)
    return withTargetLease(leases, target, signal, held => executeLeased(actionId, held))
  }

  async function executeLeased(actionId: string, signal: AbortSignal): Promise<ExecutionResult> {
    const action = await requireAction(ledger, actionId)
    if (action.state !== 'approved' && action.state !== 'executing') return EXECUTED_AS[action.state]
    const { steps } = action.proposal
    let refusal = action.state === 'approved' ? await reasonNotToExecute(action, signal) : undefined
    if (refusal) return refusal
    if (action.state === 'approved')
      await move(action, 'executing', 'Policy and preconditions still hold; Syntra executes the action.')
    const result = await performSteps({
      pool,
      leases,
      toolExecutor,
      actionId,
      phase: 'do',
      steps,
      patienceSeconds,
      // A worker that takes over checks again, but only before the first effect: that one changes what the preconditions read.
      async mayBegin() {
        refusal = action.state === 'executing' ? await reasonNotToExecute(action, signal) : undefined
        return refusal === undefined
      },
      onOverdue: reportOverdue(deps, action, 'do'),
      signal,
      // Also after an interruption: what the action left pending is known even if nobody resumes it.
    }).finally(() => openPendingRevert(pool, action))
    if (refusal) return refusal
    if (result.outcome === 'done' && action.proposal.handoff !== undefined) {
      await move(action, 'handed-off', `${action.proposal.handoff} Syntra verifies recovery after that.`)
      return 'handed-off'
    }
    if (result.outcome === 'done') {
      await move(action, 'verifying', 'All steps are done; verifying recovery.')
      return 'verifying'
    }
    if (result.outcome === 'unknown') {
      // An undo of what may still be in progress would be a second change with an unknown effect.
      await move(
        action,
        'failed',
        `It is unknown whether the action took effect: ${result.message} Nothing was undone. Needs human attention.`,
      )
      return 'failed'
    }
    // An open pull request has changed nothing yet, so there is nothing to undo.
    if (steps.slice(0, result.done).some(step => !toolExecutor.isNotification(step.tool)))
      return 'partially-executed'
    const left =
      result.done > 0
        ? ` Completed before that: ${steps[result.done - 1]?.message} Nothing else was changed.`
        : ''
    await move(action, 'failed', `The action could not be executed: ${result.message}${left}`)
    return 'failed'
  }

  async function reasonNotToExecute(
    action: Action,
    signal: AbortSignal,
  ): Promise<ExecutionResult | undefined> {
    const situation = await policyContext(pool, action, limits, now())
    if (now() >= action.expiresAt) {
      const because = situation.busy ? `: another action on ${action.target} was still in progress` : ''
      const message = `The approval expired before the action was executed${because}. Needs human attention.`
      await move(action, 'expired', message)
      return 'refused'
    }
    const ask = (busy: boolean) =>
      policy.ask({
        principal: { kind: 'agent' },
        action: action.approvalsNeeded === 0 ? 'actAlone' : 'execute',
        change: changeOf(action),
        situation: { ...situation, busy },
      })
    const answer = await ask(false)
    if (!answer.isAllowed) {
      await move(action, 'refused', answer.message)
      return 'refused'
    }
    // An action in progress ends, so that the decision waits for it, as it does for the lease of the target.
    if (situation.busy && !(await ask(true)).isAllowed) throw targetBusy(action.target)
    const drift = await findDrift(action.proposal.preconditions, toolExecutor, signal)
    if (drift.length === 0) return undefined
    // A call whose answer was lost may itself have changed the state.
    const begun = action.state === 'executing' ? ' Execution had begun: check what it changed.' : ''
    await move(action, 'superseded', `The approval is void: ${drift.join('; ')}.${begun}`, { drift })
    return 'superseded'
  }

  async function move(action: Action, to: ActionState, message: string, data?: Move['data']) {
    const from: ActionState[] = ['approved', 'executing']
    if (await ledger.move({ id: action.id, from, to, by: 'syntra', message, data })) return
    throw new ExpectedError(
      'conflict',
      'ACTION_MOVED',
      `Action ${action.id} is no longer ${from.join(' or ')}; read it again.`,
    )
  }
}

// The result of a repeated call, by the state that the first one left.
const EXECUTED_AS: Record<ActionState, ExecutionResult> = {
  verifying: 'verifying',
  succeeded: 'verifying',
  undoing: 'verifying',
  undone: 'verifying',
  superseded: 'superseded',
  failed: 'failed',
  'handed-off': 'handed-off',
  proposed: 'refused',
  refused: 'refused',
  'awaiting-approval': 'refused',
  rejected: 'refused',
  expired: 'refused',
  approved: 'refused',
  executing: 'refused',
}
