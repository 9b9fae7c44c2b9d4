import type { PendingRevert } from '@goalixa/agents/devops/proposal'
import type { Pool } from '@goalixa/chassis/postgres'
import type { Action } from '../actions/ledger.ts'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'

/**
 * Records what an action left pending on purpose as soon as that step is done, however the action ends. Idempotent, and not fenced:
 * it repeats what the database already holds about the steps, so that a worker that has lost its lease records the same.
 */
export async function openPendingRevert(pool: Pool, { id, proposal }: Pick<Action, 'id' | 'proposal'>) {
  const { pendingRevert } = proposal
  if (pendingRevert === undefined) return
  const { rows } = await pool.query<{ number: number; pull: number | null }>(
    `SELECT number, (result->>'number')::int AS pull FROM action_steps
     WHERE action_id = $1 AND phase = 'do' AND state = 'done' AND number = ANY($2)`,
    [id, [pendingRevert.pause ?? pendingRevert.revert, pendingRevert.revert]],
  )
  if (!rows.some(({ number }) => number === (pendingRevert.pause ?? pendingRevert.revert))) return
  const pull = rows.find(({ number }) => number === pendingRevert.revert)?.pull ?? null
  const message = describe(pendingRevert, pull)
  await pool.query(
    `UPDATE actions SET pending_revert = $2
     WHERE id = $1 AND (pending_revert IS NULL OR (pending_revert->>'state' = 'waiting' AND pending_revert->>'pull' IS NULL))`,
    [id, JSON.stringify(sanitizeForJsonb({ state: 'waiting', message, pull }))],
  )
}

function describe({ app, repo, pause }: PendingRevert, pull: number | null): string {
  if (pause === undefined) return `Pull request #${pull} of ${repo} waits for a merge.`
  return pull === null
    ? `Auto-sync of ${app} is off; no pull request with the revert is open.`
    : `Auto-sync of ${app} is off; it is restored when pull request #${pull} of ${repo} is merged.`
}
