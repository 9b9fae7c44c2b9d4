import { setTimeout as wait } from 'node:timers/promises'
import type { VerificationResult } from '@goalixa/agents/devops/action-state'
import { readClocks } from '../../clock/observation-clock.ts'
import type { Reading } from '../actions.schema.ts'
import type { ActionsDeps } from '../actions-deps.ts'
import { requireAction } from '../require-action.ts'
import { findForeignDeployment } from './find-foreign-deployment.ts'
import { verifyRecovery } from './verify-recovery.ts'

/** Watches an executed action's recovery predicates to a result, and ends the action unless it has to be undone. */
export function createVerifyAction({ pool, ledger, toolExecutor, now, ...deps }: ActionsDeps) {
  const { pollMs = 2_000, checkDeadlineMs = 15_000 } = deps
  return async (actionId: string, signal: AbortSignal): Promise<VerificationResult> => {
    const action = await requireAction(ledger, actionId)
    const { verification } = action.proposal
    const { result, readings } = await verifyRecovery({
      verification,
      before: action.verification,
      toolExecutor,
      save: view => ledger.saveVerification(actionId, view),
      now,
      readClocks,
      pause: (ms, signal) => wait(ms, undefined, { signal }),
      checkDeadlineMs,
      pollMs: Math.min(pollMs, Math.max(200, verification.forSeconds * 250)),
      signal,
    })
    const foreign =
      result === 'recovered' ? await findForeignDeployment(pool, action, toolExecutor, signal) : null
    if (foreign !== null) {
      const message = `Recovery is verified, but ${foreign}. Nothing was undone. Needs human attention.`
      await end(actionId, 'failed', message)
      return 'unknown'
    }
    if (result === 'recovered')
      await end(actionId, 'succeeded', ['Recovery is verified.', ...unrelatedAlertsLeft(readings)].join(' '))
    if (result === 'unknown')
      await end(
        actionId,
        'failed',
        'The recovery checks could not be read, so it is unknown whether the action helped. Nothing was undone. Needs human attention.',
      )
    return result
  }

  async function end(id: string, to: 'succeeded' | 'failed', message: string) {
    await ledger.move({ id, from: ['verifying'], to, by: 'syntra', message })
  }
}

function unrelatedAlertsLeft(readings: Reading[]): string[] {
  return readings
    .filter(({ role, holds }) => role === 'unrelated' && holds === true)
    .map(({ message }) => `But ${message}.`)
}
