import type { Execution } from '@goalixa/agents/graphs/ports'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { ActionsDeps } from './actions.service.ts'
import { findAction } from './find-action.ts'
import { findDrift } from './find-drift.ts'
import type { Action } from './ledger.ts'
import { markOf, performSteps } from './perform-steps.ts'
import { changeOf, situationOf } from './situation-of.ts'
import { withTarget } from './with-target.ts'

/**
 * Executes an approved action under its target's lock: policy again, the state still as approved, then its steps. Continues
 * where a crashed call ended.
 */
export function createExecute(deps: ActionsDeps) {
  const { pool, lockPool, ledger, policy, toolbox, limits, now } = deps

  return async (actionId: string, signal: AbortSignal): Promise<Execution> => {
    const { target } = await findAction(ledger, actionId)
    return withTarget(lockPool, target, signal, lock => executeLocked(actionId, lock))
  }

  async function executeLocked(actionId: string, signal: AbortSignal): Promise<Execution> {
    const action = await findAction(ledger, actionId)
    if (action.state !== 'approved' && action.state !== 'executing') return executionOf(action)
    if (!(await hasBegun(action, signal))) {
      const refusal = await mayNotExecute(action, signal)
      if (refusal) return refusal
      if (action.state === 'approved')
        await move(action, 'executing', 'Policy and state are as approved: it is executed.')
    }
    const { steps } = action.proposal
    const result = await performSteps({ pool, toolbox, actionId, phase: 'do', steps, signal })
    if (result.outcome === 'done') {
      await move(action, 'verifying', 'Executed; recovery is watched.')
      return 'verifying'
    }
    // A pull request that is merely open is nothing to take back: an undo would harm what was never changed.
    if (steps.slice(0, result.done).some(step => !toolbox.onlyTells(step.tool))) return 'half-done'
    const left =
      result.done > 0 ? ` Left behind: ${steps[result.done - 1]?.says} Nothing else was changed.` : ''
    await move(action, 'failed', `It could not be executed: ${result.says}${left}`)
    return 'failed'
  }

  async function mayNotExecute(action: Action, signal: AbortSignal): Promise<Execution | undefined> {
    if (now() >= action.expiresAt) {
      await move(action, 'expired', 'The approval expired before it could be executed.')
      return 'refused'
    }
    const situation = await situationOf(pool, action, limits, now())
    const answer = await policy.ask({
      principal: { kind: 'agent' },
      action: action.approvalsNeeded === 0 ? 'actAlone' : 'execute',
      change: changeOf(action),
      situation,
    })
    if (!answer.isAllowed) {
      await move(action, 'refused', answer.says)
      return 'refused'
    }
    const drift = await findDrift(action.proposal.observed, toolbox, signal)
    if (drift.length === 0) return undefined
    await move(action, 'superseded', `The approval is void: ${drift.join('; ')}.`, { drift })
    return 'superseded'
  }

  // Our own first effect changes the observed state, so drift is only looked for while nothing was done. An intent alone
  // does not count: the call may never have left.
  async function hasBegun({ id, proposal }: Action, signal: AbortSignal): Promise<boolean> {
    const { rows } = await pool.query<{ state: string }>(
      `SELECT state FROM action_steps WHERE action_id = $1 AND phase = 'do' ORDER BY number LIMIT 1`,
      [id],
    )
    const [first] = proposal.steps
    if (!rows[0] || !first || rows[0].state !== 'intended') return rows[0] !== undefined
    return (
      (await toolbox.isDone(first.tool, { ...first.args, actionId: markOf(id, 'do') }, signal)) !== undefined
    )
  }

  async function move(action: Action, to: Action['state'], says: string, data?: Record<string, unknown>) {
    const from: Action['state'][] = ['approved', 'executing']
    if (await ledger.move({ id: action.id, from, to, by: 'syntra', says, data })) return
    throw new ExpectedError('conflict', 'ACTION_MOVED', `Action ${action.id} was moved by someone else.`)
  }
}

// What a repeated call finds when the first one had done its work.
function executionOf({ state }: Action): Execution {
  if (state === 'superseded' || state === 'failed') return state
  return state === 'verifying' || state === 'succeeded' || state === 'undoing' || state === 'undone'
    ? 'verifying'
    : 'refused'
}
