import type { Log } from '@goalixa/chassis/log'
import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import type { Ledger } from '../actions/ledger.ts'
import { enqueue } from '../investigations/enqueue.ts'
import { runForEach } from '../jobs/run-for-each.ts'

type Deps = { pool: Pool; ledger: Pick<Ledger, 'moveIn'>; log: Log }
type Expired = { id: string; investigationId: string }

/** Expires approvals without a decision, the oldest first, and resumes their investigations. Returns how many. */
export function expireApprovals({ pool, ledger, log }: Deps, now: Date): Promise<number> {
  return runForEach<Expired>({
    pool,
    async read(after) {
      const { rows } = await pool.query<Expired>(
        `SELECT id, investigation_id AS "investigationId" FROM actions
         WHERE state = 'awaiting-approval' AND expires_at <= $1 AND ($2::uuid IS NULL OR id > $2)
         ORDER BY id LIMIT 100`,
        [now, after?.id],
      )
      return rows
    },
    work: ({ id, investigationId }) =>
      inTransaction(pool, async client => {
        // One that is being decided at the moment.
        const { rowCount } = await client.query('SELECT FROM actions WHERE id = $1 FOR UPDATE SKIP LOCKED', [
          id,
        ])
        if (rowCount === 0) return false
        const message = 'The approval expired without a decision.'
        const from = ['awaiting-approval' as const]
        const hasMoved = await ledger.moveIn(client, { id, from, to: 'expired', by: 'syntra', message })
        if (hasMoved) await enqueue(client, [investigationId], 'expired')
        return hasMoved
      }),
    log,
    fieldsOf: ({ id }) => ({ action: id }),
  })
}
