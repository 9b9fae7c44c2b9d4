import type { Actions, Execution, VerificationResult } from '@goalixa/agents/graphs/ports'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Pool } from '@goalixa/chassis/postgres'
import { busy, withLock } from '../locks.ts'
import type { Policy } from '../policy/policy.ts'
import { findDrift } from './find-drift.ts'
import type { Action, Ledger } from './ledger.ts'
import { markOf, performSteps, type StepsResult } from './perform-steps.ts'
import { changeOf, type Limits, situationOf } from './situation-of.ts'
import { createSubmit } from './submit.ts'
import type { Toolbox } from './toolbox.ts'
import { watchRecovery } from './watch-recovery.ts'

export type ActionsDeps = {
  pool: Pool
  /** Its connections are held for as long as an action is executed. */
  lockPool: Pool
  ledger: Ledger
  policy: Policy
  toolbox: Toolbox
  limits: Limits
  approvers: { R3: number; R4: number }
  approvalSeconds: number
  now: () => Date
  pollMs?: number
}

const EXECUTOR = 'syntra'

/** Executes, verifies and takes back what is in the ledger. Every method continues where a crashed call ended. */
export function createActionsService(deps: ActionsDeps): Actions {
  const { pool, ledger, policy, toolbox, limits, now, pollMs = 2_000 } = deps

  return {
    submit: createSubmit(deps),

    async execute(actionId, signal) {
      const action = await find(actionId)
      if (action.state === 'approved' || action.state === 'executing')
        return onTarget(action, signal, lock => executeLocked(actionId, lock))
      return executionOf(action)
    },

    async verify(actionId, signal): Promise<VerificationResult> {
      const action = await find(actionId)
      const result = await watchRecovery({
        verification: action.proposal.verification,
        before: action.verification,
        toolbox,
        save: view => ledger.saveVerification(actionId, view),
        now,
        pollMs: Math.min(pollMs, Math.max(200, action.proposal.verification.forSeconds * 250)),
        signal,
      })
      if (result === 'recovered') await move(action, ['verifying'], 'succeeded', 'Recovery is verified.')
      if (result === 'unknown')
        await move(
          action,
          ['verifying'],
          'failed',
          'Whether it helped could not be read: it is left as it is. A person has to look.',
        )
      return result
    },

    async undo(actionId, signal) {
      const action = await find(actionId)
      if (action.state === 'undone' || action.state === 'failed') return action.state
      const { undo } = action.proposal
      const why = reasonToUndo(action)
      if ('irreversible' in undo) {
        await move(
          action,
          ['verifying', 'executing', 'undoing'],
          'failed',
          `${why}, and it can not be taken back: ${undo.irreversible} A person has to look.`,
        )
        return 'failed'
      }
      await move(action, ['verifying', 'executing'], 'undoing', `${why}: it is taken back, once.`)
      const result = await onTarget(action, signal, lock => perform(action, 'undo', undo.steps, lock))
      const to = result.outcome === 'done' ? 'undone' : 'failed'
      const says =
        result.outcome === 'done'
          ? 'It is taken back. A person has to look.'
          : `It could not be taken back: ${result.says} A person has to look.`
      await move(action, ['undoing'], to, says)
      return to
    },
  }

  async function executeLocked(actionId: string, signal: AbortSignal): Promise<Execution> {
    const action = await find(actionId)
    if (!(await hasBegun(action, signal))) {
      const refusal = await mayNotExecute(action, signal)
      if (refusal) return refusal
      if (action.state === 'approved')
        await move(action, ['approved'], 'executing', 'Policy and state are as approved: it is executed.')
    }
    const result = await perform(action, 'do', action.proposal.steps, signal)
    if (result.outcome === 'done') {
      await move(action, ['executing'], 'verifying', 'Executed; recovery is watched.')
      return 'verifying'
    }
    if (result.done > 0) return 'half-done'
    await move(action, ['executing'], 'failed', `It could not be executed: ${result.says}`)
    return 'failed'
  }

  async function mayNotExecute(action: Action, signal: AbortSignal): Promise<Execution | undefined> {
    if (now() >= action.expiresAt) {
      await move(
        action,
        ['approved', 'executing'],
        'expired',
        'The approval expired before it could be executed.',
      )
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
      await move(action, ['approved', 'executing'], 'refused', answer.says)
      return 'refused'
    }
    const drift = await findDrift(action.proposal.observed, toolbox, signal)
    if (drift.length === 0) return undefined
    await move(
      action,
      ['approved', 'executing'],
      'superseded',
      `The approval is void: ${drift.join('; ')}.`,
      { drift },
    )
    return 'superseded'
  }

  function perform(
    action: Action,
    phase: 'do' | 'undo',
    steps: Action['proposal']['steps'],
    signal: AbortSignal,
  ): Promise<StepsResult> {
    return performSteps({ pool, toolbox, actionId: action.id, phase, steps, signal })
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

  async function onTarget<T>(
    action: Action,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const result = await withLock(deps.lockPool, `target:${action.target}`, lost =>
      work(AbortSignal.any([signal, lost])),
    )
    if (result === busy)
      throw new ExpectedError('unavailable', 'TARGET_BUSY', `Another action works on ${action.target}.`)
    return result
  }

  async function move(
    action: Action,
    from: Action['state'][],
    to: Action['state'],
    says: string,
    data?: Record<string, unknown>,
  ) {
    await ledger.move({ id: action.id, from, to, by: EXECUTOR, says, data })
  }

  async function find(actionId: string): Promise<Action> {
    const action = await ledger.find(actionId)
    if (!action) throw new ExpectedError('missing', 'NO_SUCH_ACTION', `There is no action ${actionId}.`)
    return action
  }
}

function reasonToUndo({ verification }: Action): string {
  if (!verification) return 'Only a part of it could be executed'
  return verification.result === 'worse' ? 'It got worse' : 'It did not help'
}

// What a repeated call finds when the first one had done its work.
function executionOf({ state }: Action): Execution {
  if (state === 'superseded' || state === 'failed') return state
  return state === 'verifying' || state === 'succeeded' || state === 'undoing' || state === 'undone'
    ? 'verifying'
    : 'refused'
}
