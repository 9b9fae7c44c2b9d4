import type { VerificationResult } from '@goalixa/agents/devops/action-state'
import type { Actions } from '@goalixa/agents/graphs/ports'
import { isRetryable } from '@goalixa/chassis/errors'
import { closePendingRevert } from '../pending-reverts/close-pending-revert.ts'
import type { Reading } from './actions.schema.ts'
import type { ActionsDeps } from './actions-deps.ts'
import { createExecuteAction } from './execution/execute-action.ts'
import { performSteps, type StepsResult } from './execution/perform-steps.ts'
import { createSubmitAction } from './execution/submit-action.ts'
import { withTargetLock } from './execution/with-target-lock.ts'
import type { Action } from './ledger.ts'
import { requireAction } from './require-action.ts'
import { checkUndoSafe } from './undo/check-undo-safe.ts'
import { compensatingSteps } from './undo/compensating-steps.ts'
import { verifyRecovery } from './verification/verify-recovery.ts'

const EXECUTOR = 'syntra'
const UNDONE = { state: 'done' as const, message: 'The undo restored auto-sync as it was before the action.' }

/** Executes, verifies and undoes the actions of the ledger. Every method resumes where a crashed call stopped. */
export function createActionsService(deps: ActionsDeps): Actions {
  const { pool, lockPool, ledger, toolExecutor, patienceSeconds, now, pollMs = 2_000 } = deps

  return {
    submit: createSubmitAction(deps),

    execute: createExecuteAction(deps),

    async verify(actionId, signal): Promise<VerificationResult> {
      const action = await requireAction(ledger, actionId)
      const { verification } = action.proposal
      const { result, readings } = await verifyRecovery({
        verification,
        before: action.verification,
        toolExecutor,
        save: view => ledger.saveVerification(actionId, view),
        now,
        pollMs: Math.min(pollMs, Math.max(200, verification.forSeconds * 250)),
        signal,
      })
      if (result === 'recovered') {
        const message = ['Recovery is verified.', ...unrelatedAlertsLeft(readings)].join(' ')
        await move(action, ['verifying'], 'succeeded', message)
      }
      if (result === 'unknown')
        await move(
          action,
          ['verifying'],
          'failed',
          'The recovery checks could not be read, so it is unknown whether the action helped. Nothing was undone. Needs human attention.',
        )
      return result
    },

    async undo(actionId, signal) {
      const action = await requireAction(ledger, actionId)
      if (action.state === 'undone' || action.state === 'failed') return action.state
      const { undo } = action.proposal
      const why = reasonToUndo(action)
      if ('irreversible' in undo) {
        await move(
          action,
          ['verifying', 'executing', 'undoing'],
          'failed',
          `${why}, and it cannot be undone: ${undo.irreversible} Needs human attention.`,
        )
        return 'failed'
      }
      // Once the undo has begun, its own deployments count as well.
      const reason = action.state === 'undoing' ? null : await reasonNotToUndo(action, signal)
      if (reason !== null) {
        await move(
          action,
          ['verifying', 'executing'],
          'failed',
          `${why}, and it is not undone: ${reason}. Needs human attention.`,
        )
        return 'failed'
      }
      await move(action, ['verifying', 'executing'], 'undoing', `${why}; Syntra undoes it once.`)
      const steps = await compensatingSteps(pool, actionId, undo.steps)
      const result = await withTargetLock(lockPool, action.target, signal, lock =>
        performSteps({
          pool,
          toolExecutor,
          actionId,
          phase: 'undo',
          steps,
          patienceSeconds,
          signal: lock,
        }),
      )
      const to = result.outcome === 'done' ? 'undone' : 'failed'
      if (to === 'undone') await closePendingRevert(pool, action, UNDONE, now())
      await move(action, ['undoing'], to, `${describeUndo(result)} Needs human attention.`)
      return to
    },
  }

  /** Reads that fail are retried for as long as a step would be. After that nothing is undone: its effect would be unknown. */
  async function reasonNotToUndo(action: Action, signal: AbortSignal): Promise<string | null> {
    try {
      return await checkUndoSafe(action.proposal, toolExecutor, signal)
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
    await ledger.move({ id: action.id, from, to, by: EXECUTOR, message })
  }
}

function unrelatedAlertsLeft(readings: Reading[]): string[] {
  return readings
    .filter(({ role, holds }) => role === 'unrelated' && holds === true)
    .map(({ message }) => `But ${message}.`)
}

function describeUndo(result: StepsResult): string {
  if (result.outcome === 'done') return 'The action was undone.'
  return result.outcome === 'unknown'
    ? `It is unknown whether the undo took effect: ${result.message}`
    : `The undo failed: ${result.message}`
}

function reasonToUndo({ verification }: Action): string {
  if (!verification) return 'The action was executed only in part'
  return verification.result === 'worse' ? 'The action made it worse' : 'The action did not help'
}
