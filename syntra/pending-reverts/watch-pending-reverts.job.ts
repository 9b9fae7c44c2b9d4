import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import type { Pool } from '@goalixa/chassis/postgres'
import type { PendingRevertView } from '../actions/actions.schema.ts'
import { performSteps } from '../actions/execution/perform-steps.ts'
import type { ToolExecutor } from '../actions/execution/tool-executor.ts'
import { withTargetLease } from '../actions/execution/with-target-lease.ts'
import type { Action, Ledger } from '../actions/ledger.ts'
import { requireAction } from '../actions/require-action.ts'
import { breakStreaks } from '../actions/verification/break-streaks.ts'
import { checkRecoveryOnce } from '../actions/verification/check-recovery-once.ts'
import { initialVerification } from '../actions/verification/initial-verification.ts'
import { readClocks } from '../clock/observation-clock.ts'
import { appendEntries, type NewTimelineEntry } from '../incidents/timeline.repository.ts'
import { type FreezeWindows, isFrozen } from '../policy/freeze-windows.ts'
import { inFencedTransaction } from '../storage/fence.ts'
import type { Leases } from '../storage/leases.ts'
import { closePendingRevert } from './close-pending-revert.ts'
import { evaluatePendingRevert } from './evaluate-pending-revert.ts'

type Deps = {
  pool: Pool
  leases: Leases
  ledger: Ledger
  toolExecutor: ToolExecutor
  freezeWindows: FreezeWindows
  patienceSeconds: number
  /** How often this is called. */
  everyMs: number
  checkDeadlineMs: number
  log: Log
}
type Waiting = { id: string; pull: number | null; isOld: boolean; isRolledBackAgain: boolean }
type End = { state: Exclude<PendingRevertView['state'], 'waiting'>; message: string }

const DAYS = 14

/**
 * Settles what rollbacks have left pending, once Git no longer contains the release: restores auto-sync, through the same guard
 * as every other effect, so that it happens once; verifies recovery where people had to merge. Skips applications with an
 * action in progress. Returns the actions that are settled.
 */
export async function watchPendingReverts(deps: Deps, now: Date, signal: AbortSignal): Promise<string[]> {
  const { pool, leases, ledger, freezeWindows, log } = deps
  if (isFrozen(freezeWindows, now)) return []
  const settled: string[] = []
  for await (const waiting of eachWaiting(pool, now)) {
    try {
      const { target } = await requireAction(ledger, waiting.id)
      const end = await withTargetLease(leases, target, signal, async held => {
        // Again under the lease: another action may have begun since.
        const [current] = await findWaiting(pool, now, { id: waiting.id })
        if (current === undefined) return undefined
        const action = await requireAction(ledger, waiting.id)
        const end = await settle(deps, action, current, now, held)
        if (end !== undefined) await closePendingRevert(pool, action, end, now)
        return end
      })
      if (end !== undefined) settled.push(waiting.id)
    } catch (error) {
      signal.throwIfAborted()
      // One that cannot be read now must not hold up the others.
      if (!(error instanceof ExpectedError && error.code === 'TARGET_BUSY'))
        log.warn({ err: error, action: waiting.id }, 'pending revert could not be checked')
    }
  }
  return settled
}

/** Page by page, because those that go on waiting must not keep later ones from being checked. */
async function* eachWaiting(pool: Pool, now: Date): AsyncGenerator<Waiting> {
  let page = await findWaiting(pool, now)
  while (page.length > 0) {
    yield* page
    page = await findWaiting(pool, now, { after: page.at(-1)?.id })
  }
}

async function findWaiting(
  pool: Pool,
  now: Date,
  { id, after }: { id?: string; after?: string } = {},
): Promise<Waiting[]> {
  const { rows } = await pool.query<Waiting>(
    `SELECT a.id, (a.pending_revert->>'pull')::int AS pull, a.finished_at < $1 AS "isOld",
       EXISTS (SELECT FROM actions b WHERE b.target = a.target AND b.id <> a.id AND b.kind = 'rollback'
               AND b.executed_at > a.executed_at AND b.state IN ('succeeded', 'failed')) AS "isRolledBackAgain"
     FROM actions a
     WHERE a.pending_revert->>'state' = 'waiting' AND a.finished_at IS NOT NULL AND ($2::uuid IS NULL OR a.id = $2) AND ($3::uuid IS NULL OR a.id > $3)
       AND NOT EXISTS (SELECT FROM actions b WHERE b.target = a.target
                       AND b.state IN ('executing', 'verifying', 'undoing'))
     ORDER BY a.id LIMIT 200`,
    [new Date(now.getTime() - DAYS * 86_400_000), id, after],
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
  const { pool, leases, toolExecutor, patienceSeconds } = deps
  const { id } = action
  const { pendingRevert } = action.proposal
  if (pendingRevert === undefined) return undefined
  const isHandoff = pendingRevert.pause === undefined
  const left = isHandoff
    ? `Pull request #${pull} is no longer watched`
    : `Auto-sync of ${pendingRevert.app} stays off`
  if (isRolledBackAgain)
    return {
      state: 'given-up',
      message: `${left}: the target has been rolled back again since. Needs human attention.`,
    }
  const { rowCount: hasBegun } = await pool.query(
    `SELECT FROM action_steps WHERE action_id = $1 AND phase = 'later'`,
    [id],
  )
  // What was begun is finished: its own effect must not be taken for someone else's.
  if (!hasBegun) {
    if (isOld) return { state: 'given-up', message: `${left}: nobody merged the revert in ${DAYS} days.` }
    const opened =
      pull === null ? null : { number: pull, sha: await openedSha(pool, id, pendingRevert.revert) }
    const decision = await evaluatePendingRevert(pendingRevert, opened, toolExecutor, signal)
    if (decision.what === 'wait') return undefined
    if (decision.what === 'give-up') return { state: 'given-up', message: decision.message }
  }
  const steps = [pendingRevert.step]
  const result = await performSteps({
    pool,
    leases,
    toolExecutor,
    actionId: id,
    phase: 'later',
    steps,
    patienceSeconds,
    signal,
  })
  if (isHandoff) return recoveryOf(deps, action, pull, now, signal)
  return result.outcome === 'done'
    ? {
        state: 'done',
        message: `Auto-sync of ${pendingRevert.app} is restored: the commit that Argo CD sees no longer contains the release.`,
      }
    : { state: 'given-up', message: `${left}: ${result.message} Needs human attention.` }
}

/** The commit of a pull request as a step opened it. */
async function openedSha(pool: Pool, actionId: string, step: number): Promise<string | null> {
  const { rows } = await pool.query<{ sha: string | null }>(
    `SELECT result->>'sha' AS sha FROM action_steps
     WHERE action_id = $1 AND phase = 'do' AND number = $2 AND state = 'done'`,
    [actionId, step],
  )
  return rows[0]?.sha ?? null
}

/** One recovery check per call, because people merge at any time and no worker waits for them. */
async function recoveryOf(
  { pool, ledger, toolExecutor, everyMs, checkDeadlineMs }: Deps,
  { id, incidentId, target, proposal, verification }: Action,
  pull: number | null,
  now: Date,
  signal: AbortSignal,
): Promise<End | undefined> {
  const entry: NewTimelineEntry = {
    incidentId,
    key: `${id}/merged`,
    kind: 'revert-merged',
    message: `The release was reverted in Git (pull request #${pull}); verifying recovery.`,
    data: { action: id, target },
    at: now.toISOString(),
  }
  await inFencedTransaction(pool, client => appendEntries(client, [entry]))
  const last = verification ?? initialVerification(now)
  const sinceLastMs = last.lastAt === null ? 0 : now.getTime() - Date.parse(last.lastAt)
  // Another worker's run may have begun a moment later and checked first.
  const isGap = Math.abs(sinceLastMs) > 3 * everyMs
  const begun = performance.now()
  const view =
    last.result === null
      ? await checkRecoveryOnce(isGap ? breakStreaks(last) : last, {
          verification: proposal.verification,
          toolExecutor,
          observedMs: isGap ? 0 : Math.max(0, sinceLastMs),
          checkDeadlineMs,
          now: () => new Date(now.getTime() + performance.now() - begun),
          readClocks,
          signal,
        })
      : last
  await ledger.saveVerification(id, view)
  if (view.result === null) return undefined
  return view.result === 'recovered'
    ? { state: 'done', message: 'The release was reverted in Git, and recovery is verified.' }
    : {
        state: 'given-up',
        message: `The release was reverted in Git; ${OUTCOMES[view.result]} Needs human attention.`,
      }
}

const OUTCOMES = {
  'no-effect': 'it did not help in time.',
  worse: 'things got worse.',
  unknown: 'the recovery checks could not be read.',
}
