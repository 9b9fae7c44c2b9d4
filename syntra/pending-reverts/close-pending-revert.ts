import type { Pool } from '@goalixa/chassis/postgres'
import type { PendingRevertView } from '../actions/actions.schema.ts'
import type { Action } from '../actions/ledger.ts'
import { appendEntries } from '../incidents/timeline.repository.ts'
import { inFencedTransaction } from '../storage/fence.ts'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'

type End = { state: Exclude<PendingRevertView['state'], 'waiting'>; message: string }

const AUTO_SYNC = { done: 'auto-sync-restored', 'given-up': 'auto-sync-left-off' } as const
const REVERT = { done: 'revert-verified', 'given-up': 'revert-not-verified' } as const

/** Closes a pending revert, with a timeline entry. Does nothing where none is pending. */
export function closePendingRevert(
  pool: Pool,
  action: Pick<Action, 'id' | 'incidentId' | 'investigationId' | 'target' | 'proposal'>,
  { state, message }: End,
  now: Date,
): Promise<void> {
  return inFencedTransaction(pool, async client => {
    const { rowCount } = await client.query(
      `UPDATE actions SET pending_revert = pending_revert || $2 WHERE id = $1 AND pending_revert->>'state' = 'waiting'`,
      [action.id, JSON.stringify(sanitizeForJsonb({ state, message }))],
    )
    if (rowCount === 0) return
    await appendEntries(client, [
      {
        incidentId: action.incidentId,
        key: `${action.id}/follow-up`,
        kind: action.proposal.pendingRevert?.pause === undefined ? REVERT[state] : AUTO_SYNC[state],
        message,
        data: { action: action.id, investigation: action.investigationId, target: action.target },
        at: now.toISOString(),
      },
    ])
  })
}
