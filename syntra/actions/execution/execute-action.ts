import type { ActionState, Executed } from '@goalixa/agents/devops/action-state'
import { ExpectedError } from '@goalixa/chassis/errors'
import { openPendingRevert } from '../../pending-reverts/open-pending-revert.ts'
import { changeOf, policyContext } from '../../policy/policy-context.ts'
import type { ActionsDeps } from '../actions.service.ts'
import type { Action, Move } from '../ledger.ts'
import { requireAction } from '../require-action.ts'
import { findDrift } from './find-drift.ts'
import { performSteps } from './perform-steps.ts'
import { withTargetLock } from './with-target-lock.ts'

/**
 * Executes an approved action under its target's lock: policy again, the state still as approved, then its steps. Continues
 * where a crashed call ended.
 */
export function createExecuteAction(deps: ActionsDeps) {
  const { pool, lockPool, ledger, policy, toolExecutor, limits, patienceSeconds, now } = deps

  return async (actionId: string, signal: AbortSignal): Promise<Executed> => {
    const { target } = await requireAction(ledger, actionId)
    return withTargetLock(lockPool, target, signal, lock => executeLocked(actionId, lock))
  }

  async function executeLocked(actionId: string, signal: AbortSignal): Promise<Executed> {
    const action = await requireAction(ledger, actionId)
    if (action.state !== 'approved' && action.state !== 'executing') return EXECUTED_AS[action.state]
    const { steps } = action.proposal
    let refusal = action.state === 'approved' ? await mayNotExecute(action, signal) : undefined
    if (refusal) return refusal
    if (action.state === 'approved')
      await move(action, 'executing', 'Policy and state are as approved: it is executed.')
    const result = await performSteps({
      pool,
      toolExecutor,
      actionId,
      phase: 'do',
      steps,
      patienceSeconds,
      // Who takes over asks again, but only while nothing was done: our own first effect changes the observed state.
      async mayBegin() {
        refusal = action.state === 'executing' ? await mayNotExecute(action, signal) : undefined
        return refusal === undefined
      },
      signal,
      // Also when it is cut off: should nobody continue it, what it has left behind is still known.
    }).finally(() => openPendingRevert(pool, action))
    if (refusal) return refusal
    if (result.outcome === 'done' && action.proposal.handoff !== undefined) {
      await move(
        action,
        'handed-off',
        `${action.proposal.handoff} Nothing is verified before that: people go on.`,
      )
      return 'handed-off'
    }
    if (result.outcome === 'done') {
      await move(action, 'verifying', 'Executed; recovery is watched.')
      return 'verifying'
    }
    if (result.outcome === 'unknown') {
      // Taking back what may be under way would be a second change in the dark.
      await move(
        action,
        'failed',
        `Whether it was executed could not be read: ${result.message} It is left as it is. A person has to look.`,
      )
      return 'failed'
    }
    // A pull request that is merely open is nothing to take back: an undo would harm what was never changed.
    if (steps.slice(0, result.done).some(step => !toolExecutor.isNotification(step.tool)))
      return 'partially-executed'
    const left =
      result.done > 0 ? ` Left behind: ${steps[result.done - 1]?.message} Nothing else was changed.` : ''
    await move(action, 'failed', `It could not be executed: ${result.message}${left}`)
    return 'failed'
  }

  async function mayNotExecute(action: Action, signal: AbortSignal): Promise<Executed | undefined> {
    if (now() >= action.expiresAt) {
      await move(action, 'expired', 'The approval expired before it could be executed.')
      return 'refused'
    }
    const situation = await policyContext(pool, action, limits, now())
    const answer = await policy.ask({
      principal: { kind: 'agent' },
      action: action.approvalsNeeded === 0 ? 'actAlone' : 'execute',
      change: changeOf(action),
      situation,
    })
    if (!answer.isAllowed) {
      await move(action, 'refused', answer.message)
      return 'refused'
    }
    const drift = await findDrift(action.proposal.preconditions, toolExecutor, signal)
    if (drift.length === 0) return undefined
    // A call whose answer was lost may have moved the state itself.
    const begun = action.state === 'executing' ? ' It had been begun, so look at what that has changed.' : ''
    await move(action, 'superseded', `The approval is void: ${drift.join('; ')}.${begun}`, { drift })
    return 'superseded'
  }

  async function move(action: Action, to: ActionState, message: string, data?: Move['data']) {
    const from: ActionState[] = ['approved', 'executing']
    if (await ledger.move({ id: action.id, from, to, by: 'syntra', message, data })) return
    throw new ExpectedError('conflict', 'ACTION_MOVED', `Action ${action.id} was moved by someone else.`)
  }
}

// What a repeated call finds when the first one had done its work.
const EXECUTED_AS: Record<ActionState, Executed> = {
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
