import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { appendLines } from '../incidents/timeline.repository.ts'
import { storableJson } from '../storage/sanitize-for-jsonb.ts'
import type { FollowUpView } from '../actions/actions.schema.ts'
import type { Action } from '../actions/ledger.ts'

type End = { state: Exclude<FollowUpView['state'], 'waiting'>; says: string }

const AUTO_SYNC = { done: 'auto-sync-restored', 'given-up': 'auto-sync-left-off' }
const REVERT = { done: 'revert-verified', 'given-up': 'revert-not-verified' }

/** Ends what was waited for, with a line of the timeline. Does nothing where nothing is waited for. */
export function closeFollowUp(
  pool: Pool,
  action: Pick<Action, 'id' | 'incidentId' | 'investigationId' | 'target' | 'proposal'>,
  { state, says }: End,
  now: Date,
): Promise<void> {
  return inTransaction(pool, async client => {
    const { rowCount } = await client.query(
      `UPDATE actions SET follow_up = follow_up || $2 WHERE id = $1 AND follow_up->>'state' = 'waiting'`,
      [action.id, JSON.stringify(storableJson({ state, says }))],
    )
    if (rowCount === 0) return
    await appendLines(client, [
      {
        incidentId: action.incidentId,
        key: `${action.id}/follow-up`,
        kind: action.proposal.followUp?.pause === undefined ? REVERT[state] : AUTO_SYNC[state],
        says,
        data: { action: action.id, investigation: action.investigationId, target: action.target },
        at: now.toISOString(),
      },
    ])
  })
}
