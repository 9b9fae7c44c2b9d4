import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import type { Pool } from '@goalixa/chassis/postgres'
import type { FollowUpView } from '../actions/actions.schema.ts'
import { beginWatching } from '../actions/verification/initial-verification.ts'
import { closeFollowUp } from './close-pending-revert.ts'
import { findAction } from '../actions/find-action.ts'
import { judgeFollowUp } from './evaluate-pending-revert.ts'
import type { Action, Ledger } from '../actions/ledger.ts'
import { lookAtRecovery } from '../actions/verification/check-recovery-once.ts'
import { performSteps } from '../actions/execution/perform-steps.ts'
import type { Toolbox } from '../actions/execution/tool-executor.ts'
import { withTarget } from '../actions/execution/with-target-lock.ts'
import { withoutGap } from '../actions/verification/discount-unobserved-time.ts'
import { appendLines } from '../incidents/timeline.repository.ts'
import { type FreezeWindows, isFrozen } from '../policy/freeze-windows.ts'

type Deps = {
  pool: Pool
  /** Its connections are held for as long as an application is worked on. */
  lockPool: Pool
  ledger: Ledger
  toolbox: Toolbox
  freezeWindows: FreezeWindows
  patienceSeconds: number
  /** How often this is called. */
  everyMs: number
  log: Log
}
type Waiting = { id: string; pull: number | null; isOld: boolean; isRolledBackAgain: boolean }
type End = { state: Exclude<FollowUpView['state'], 'waiting'>; says: string }

const DAYS = 14

/**
 * Settles what rollbacks have left behind, once Git holds the release no more: puts auto-sync back, through the same guard as
 * every other effect, so that it happens once; watches recovery where people had to merge. Passes over applications that are
 * worked on. Gives the actions that are settled.
 */
export async function settleFollowUps(deps: Deps, now: Date, signal: AbortSignal): Promise<string[]> {
  const { pool, lockPool, ledger, freezeWindows, log } = deps
  if (isFrozen(freezeWindows, now)) return []
  const settled: string[] = []
  for (const waiting of await findWaiting(pool, now)) {
    try {
      const { target } = await findAction(ledger, waiting.id)
      const end = await withTarget(lockPool, target, signal, async lock => {
        const action = await findAction(ledger, waiting.id)
        const end = await settle(deps, action, waiting, now, lock)
        if (end !== undefined) await closeFollowUp(pool, action, end, now)
        return end
      })
      if (end !== undefined) settled.push(waiting.id)
    } catch (error) {
      signal.throwIfAborted()
      // One that can not be read now must not keep the others waiting.
      if (!(error instanceof ExpectedError && error.code === 'TARGET_BUSY'))
        log.warn({ err: error, action: waiting.id }, 'follow-up could not be looked at')
    }
  }
  return settled
}

async function findWaiting(pool: Pool, now: Date): Promise<Waiting[]> {
  const { rows } = await pool.query<Waiting>(
    `SELECT a.id, (a.follow_up->>'pull')::int AS pull, a.finished_at < $1 AS "isOld",
       EXISTS (SELECT FROM actions b WHERE b.target = a.target AND b.id <> a.id AND b.kind = 'rollback'
               AND b.executed_at > a.executed_at AND b.state IN ('succeeded', 'failed')) AS "isRolledBackAgain"
     FROM actions a
     WHERE a.follow_up->>'state' = 'waiting' AND a.finished_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM actions b WHERE b.target = a.target
                       AND b.state IN ('executing', 'verifying', 'undoing'))
     ORDER BY a.id LIMIT 200`,
    [new Date(now.getTime() - DAYS * 86_400_000)],
  )
  return rows
}

async function settle(
  deps: Deps,
  action: Action,
  { pull, isOld, isRolledBackAgain }: Waiting,
  now: Date,
  signal: AbortSignal,
): Promise<End | undefined> {
  const { pool, toolbox, patienceSeconds } = deps
  const { id } = action
  const { followUp } = action.proposal
  if (followUp === undefined) return undefined
  const isHandedOver = followUp.pause === undefined
  const left = isHandedOver
    ? `Pull request #${pull} is watched no more`
    : `Auto-sync of ${followUp.app} stays off`
  if (isRolledBackAgain)
    return { state: 'given-up', says: `${left}: it was rolled back once more since. A person has to look.` }
  const { rowCount: hasBegun } = await pool.query(
    `SELECT FROM action_steps WHERE action_id = $1 AND phase = 'later'`,
    [id],
  )
  // What was begun is finished: its own effect is not to be taken for somebody else's.
  if (!hasBegun) {
    if (isOld) return { state: 'given-up', says: `${left}: nobody merged the revert in ${DAYS} days.` }
    const judgement = await judgeFollowUp(followUp, pull, toolbox, signal)
    if (judgement.what === 'wait') return undefined
    if (judgement.what === 'give-up') return { state: 'given-up', says: judgement.says }
  }
  const steps = [followUp.step]
  const result = await performSteps({
    pool,
    toolbox,
    actionId: id,
    phase: 'later',
    steps,
    patienceSeconds,
    signal,
  })
  if (isHandedOver) return recoveryOf(deps, action, pull, now, signal)
  return result.outcome === 'done'
    ? {
        state: 'done',
        says: `Auto-sync of ${followUp.app} is on again as it was: what Argo CD sees holds the release no more.`,
      }
    : { state: 'given-up', says: `${left}: ${result.says} A person has to look.` }
}

/** One look a call, because people merge at any time and no worker waits for them. */
async function recoveryOf(
  { pool, ledger, toolbox, everyMs }: Deps,
  { id, incidentId, proposal, verification }: Action,
  pull: number | null,
  now: Date,
  signal: AbortSignal,
): Promise<End | undefined> {
  const line = {
    incidentId,
    key: `${id}/merged`,
    kind: 'revert-merged',
    says: `People have taken the release back in Git (pull request #${pull}); recovery is watched.`,
    data: { action: id },
    at: now.toISOString(),
  }
  await appendLines(pool, [line])
  const last = verification ?? beginWatching(now)
  const view =
    last.result === null
      ? await lookAtRecovery(
          withoutGap(last, last.lastAt === null ? now : new Date(last.lastAt), now, everyMs),
          { verification: proposal.verification, toolbox, now: () => now, signal },
        )
      : last
  await ledger.saveVerification(id, view)
  if (view.result === null) return undefined
  return view.result === 'recovered'
    ? { state: 'done', says: 'The release was taken back in Git, and recovery is verified.' }
    : {
        state: 'given-up',
        says: `The release was taken back in Git; ${OUTCOMES[view.result]} A person has to look.`,
      }
}

const OUTCOMES = {
  'no-effect': 'it did not help in time.',
  worse: 'it got worse.',
  unknown: 'whether it helped could not be read.',
}
