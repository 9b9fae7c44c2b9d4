import type { Log } from '@goalixa/chassis/log'
import type { Pool } from '@goalixa/chassis/postgres'
import type { Ledger } from '../actions/ledger.ts'
import { runForEach } from '../jobs/run-for-each.ts'
import { expireApproval } from './expire-approval.ts'

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
    work: expired => expireApproval({ pool, ledger }, expired, now),
    log,
    fieldsOf: ({ id }) => ({ action: id }),
  })
}
