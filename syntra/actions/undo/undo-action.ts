import type { UndoResult } from '@goalixa/agents/devops/action-state'
import type { UndoStep } from '@goalixa/agents/devops/step'
import { isRetryable } from '@goalixa/chassis/errors'
import { closePendingRevert } from '../../pending-reverts/close-pending-revert.ts'
import type { ActionsDeps } from '../actions-deps.ts'
import { performSteps, type StepsResult } from '../execution/perform-steps.ts'
import { reportOverdue } from '../execution/report-overdue.ts'
import { withTargetLease } from '../execution/with-target-lease.ts'
import type { Action } from '../ledger.ts'
import { requireAction } from '../require-action.ts'
import { checkUndoSafe } from './check-undo-safe.ts'
import { compensatingSteps } from './compensating-steps.ts'

const UNDONE = { state: 'done' as const, message: 'The undo restored auto-sync as it was before the action.' }

/** Undoes an action that did not help, once: only what it did, only where that is possible, and only if nobody has deployed since. */
export function createUndoAction(deps: ActionsDeps) {
  const { pool, leases, ledger, toolExecutor, patienceSeconds, now } = deps

  return async (actionId: string, signal: AbortSignal): Promise<UndoResult> => {
    const action = await requireAction(ledger, actionId)
    if (action.state === 'undone' || action.state === 'failed') return action.state
    const { undo } = action.proposal
    const why = reasonToUndo(action)
    if ('irreversible' in undo) {
      const message = `${why}, and it cannot be undone: ${undo.irreversible} Needs human attention.`
      await move(action, ['verifying', 'executing', 'undoing'], 'failed', message)
      return 'failed'
    }
    const steps = await compensatingSteps(pool, actionId, undo.steps)
    // Once the undo has begun, its own deployments count as well.
    const reason = action.state === 'undoing' ? null : await reasonNotToUndo(action, steps, signal)
    if (reason !== null) {
      const message = `${why}, and it is not undone: ${reason}. Needs human attention.`
      await move(action, ['verifying', 'executing'], 'failed', message)
      return 'failed'
    }
    await move(action, ['verifying', 'executing'], 'undoing', `${why}; Syntra undoes it once.`)
    const result = await withTargetLease(leases, action.target, signal, held =>
      performSteps({
        pool,
        leases,
        toolExecutor,
        actionId,
        phase: 'undo',
        steps,
        patienceSeconds,
        onOverdue: reportOverdue(deps, action, 'undo'),
        signal: held,
      }),
    )
    const to = result.outcome === 'done' ? 'undone' : 'failed'
    if (to === 'undone') await closePendingRevert(pool, action, UNDONE, now())
    await move(action, ['undoing'], to, `${describeUndo(result)} Needs human attention.`)
    return to
  }

  /** Reads that fail are retried for as long as a step would be. After that nothing is undone: its effect would be unknown. */
  async function reasonNotToUndo(
    action: Action,
    steps: UndoStep[],
    signal: AbortSignal,
  ): Promise<string | null> {
    try {
      return await checkUndoSafe(action.proposal, steps, toolExecutor, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!isRetryable(error) || (await secondsSinceDone(action)) < patienceSeconds) throw error
      return 'the deployments since the approval could not be read'
    }
  }

  async function secondsSinceDone({ id, verification }: Action): Promise<number> {
    const { rows } = await pool.query<{ seconds: number }>(
      `SELECT extract(epoch FROM $2::timestamptz - greatest(max(finished_at), $3::timestamptz))::float AS seconds
       FROM action_steps WHERE action_id = $1`,
      [id, now(), verification?.lastAt ?? null],
    )
    return rows[0]?.seconds ?? 0
  }

  async function move(action: Action, from: Action['state'][], to: Action['state'], message: string) {
    await ledger.move({ id: action.id, from, to, by: 'syntra', message })
  }
}

function reasonToUndo({ verification }: Action): string {
  if (!verification) return 'The action was executed only in part'
  return verification.result === 'worse' ? 'The action made it worse' : 'The action did not help'
}

function describeUndo(result: StepsResult): string {
  if (result.outcome === 'done') return ['The action was undone.', ...result.failures].join(' ')
  return result.outcome === 'unknown'
    ? `It is unknown whether the undo took effect: ${result.message}`
    : `The undo failed: ${result.message}`
}
