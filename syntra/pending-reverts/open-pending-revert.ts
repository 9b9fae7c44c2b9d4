import type { FollowUp } from '@goalixa/agents/devops/proposal'
import type { Pool } from '@goalixa/chassis/postgres'
import { storableJson } from '../storage/sanitize-for-jsonb.ts'
import type { Action } from '../actions/ledger.ts'

/** Keeps in mind what an action left behind on purpose, as soon as that step is done, however the action ends. May be called again. */
export async function openFollowUp(pool: Pool, { id, proposal }: Pick<Action, 'id' | 'proposal'>) {
  const { followUp } = proposal
  if (followUp === undefined) return
  const { rows } = await pool.query<{ number: number; pull: number | null }>(
    `SELECT number, (result->>'number')::int AS pull FROM action_steps
     WHERE action_id = $1 AND phase = 'do' AND state = 'done' AND number = ANY($2)`,
    [id, [followUp.pause ?? followUp.revert, followUp.revert]],
  )
  if (!rows.some(({ number }) => number === (followUp.pause ?? followUp.revert))) return
  const pull = rows.find(({ number }) => number === followUp.revert)?.pull ?? null
  const says = inWords(followUp, pull)
  await pool.query(
    `UPDATE actions SET follow_up = $2
     WHERE id = $1 AND (follow_up IS NULL OR (follow_up->>'state' = 'waiting' AND follow_up->>'pull' IS NULL))`,
    [id, JSON.stringify(storableJson({ state: 'waiting', says, pull }))],
  )
}

function inWords({ app, repo, pause }: FollowUp, pull: number | null): string {
  if (pause === undefined) return `Pull request #${pull} of ${repo} waits for people.`
  return pull === null
    ? `Auto-sync of ${app} is off; no pull request with the revert is open.`
    : `Auto-sync of ${app} is off; it comes back when pull request #${pull} of ${repo} is merged.`
}
