import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import type { Action, Ledger } from '../actions/ledger.ts'
import { enqueue } from '../investigations/enqueue.ts'

type Deps = { pool: Pool; ledger: Pick<Ledger, 'moveIn'> }

/**
 * Expires an approval without a decision and resumes its investigation. Resolves with false if it was decided or extended in the
 * meantime, or if someone is just doing that.
 */
export function expireApproval(
  { pool, ledger }: Deps,
  { id, investigationId }: Pick<Action, 'id' | 'investigationId'>,
  now: Date,
): Promise<boolean> {
  return inTransaction(pool, async client => {
    const { rowCount } = await client.query(
      `SELECT FROM actions WHERE id = $1 AND state = 'awaiting-approval' AND expires_at <= $2 FOR UPDATE SKIP LOCKED`,
      [id, now],
    )
    if (rowCount === 0) return false
    const message = 'The approval expired without a decision.'
    await ledger.moveIn(client, { id, from: ['awaiting-approval'], to: 'expired', by: 'syntra', message })
    await enqueue(client, [investigationId], 'expired')
    return true
  })
}
