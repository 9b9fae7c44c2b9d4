import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import type { Pool } from '@goalixa/chassis/postgres'
import type { FollowUpView } from '../actions/actions.schema.ts'
import { closeFollowUp } from '../actions/close-follow-up.ts'
import { findAction } from '../actions/find-action.ts'
import { judgeFollowUp } from '../actions/judge-follow-up.ts'
import type { Action, Ledger } from '../actions/ledger.ts'
import { performSteps } from '../actions/perform-steps.ts'
import type { Toolbox } from '../actions/toolbox.ts'
import { withTarget } from '../actions/with-target.ts'
import { type FreezeWindows, isFrozen } from '../policy/freeze-windows.ts'

type Deps = {
  pool: Pool
  /** Its connections are held for as long as an application is worked on. */
  lockPool: Pool
  ledger: Ledger
  toolbox: Toolbox
  freezeWindows: FreezeWindows
  patienceSeconds: number
  log: Log
}
type Waiting = { id: string; pull: number | null; isOld: boolean; isRolledBackAgain: boolean }
type End = { state: Exclude<FollowUpView['state'], 'waiting'>; says: string }

const DAYS = 14

/**
 * Puts auto-sync back where a rollback has left it off, once Git contains the revert; through the same guard as every other
 * effect, so that it happens once. Passes over applications that are worked on. Gives the actions that are settled.
 */
export async function restoreAutoSync(deps: Deps, now: Date, signal: AbortSignal): Promise<string[]> {
  const { pool, lockPool, ledger, freezeWindows, log } = deps
  if (isFrozen(freezeWindows, now)) return []
  const settled: string[] = []
  for (const waiting of await findWaiting(pool, now)) {
    try {
      const action = await findAction(ledger, waiting.id)
      const end = await withTarget(lockPool, action.target, signal, lock =>
        settle(deps, action, waiting, lock),
      )
      if (end === undefined) continue
      await closeFollowUp(pool, action, end, now)
      settled.push(action.id)
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
  { pool, toolbox, patienceSeconds }: Deps,
  { id, proposal: { followUp } }: Action,
  { pull, isOld, isRolledBackAgain }: Waiting,
  signal: AbortSignal,
): Promise<End | undefined> {
  if (followUp === undefined) return undefined
  const off = `Auto-sync of ${followUp.app} stays off`
  if (isRolledBackAgain)
    return { state: 'given-up', says: `${off}: it was rolled back once more since. A person has to look.` }
  if (isOld) return { state: 'given-up', says: `${off}: nobody merged the revert in ${DAYS} days.` }
  const { rowCount: hasBegun } = await pool.query(
    `SELECT FROM action_steps WHERE action_id = $1 AND phase = 'later'`,
    [id],
  )
  // What was begun is finished: its own effect is not to be taken for somebody else's.
  const judgement = hasBegun
    ? { what: 'restore' as const }
    : await judgeFollowUp(followUp, pull, toolbox, signal)
  if (judgement.what === 'wait') return undefined
  if (judgement.what === 'give-up') return { state: 'given-up', says: judgement.says }
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
  return result.outcome === 'done'
    ? {
        state: 'done',
        says: `Auto-sync of ${followUp.app} is on again as it was: Argo CD sees the merged revert (#${pull}).`,
      }
    : { state: 'given-up', says: `${off}: ${result.says} A person has to look.` }
}
