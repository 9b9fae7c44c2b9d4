import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import type { Ledger } from '../actions/ledger.ts'
import { enqueue } from '../investigations/enqueue.ts'

/** Expires approvals without a decision and resumes their investigations. Returns how many. */
export async function expireApprovals(pool: Pool, ledger: Ledger, now: Date): Promise<number> {
  const { rows } = await pool.query<{ id: string; investigation_id: string }>(
    `SELECT id, investigation_id FROM actions WHERE state = 'awaiting-approval' AND expires_at <= $1 LIMIT 100`,
    [now],
  )
  for (const row of rows)
    await inTransaction(pool, async client => {
      const move = { id: row.id, from: ['awaiting-approval' as const], to: 'expired' as const, by: 'syntra' }
      if (await ledger.moveIn(client, { ...move, message: 'The approval expired without a decision.' }))
        await enqueue(client, [row.investigation_id], 'expired')
    })
  return rows.length
}
