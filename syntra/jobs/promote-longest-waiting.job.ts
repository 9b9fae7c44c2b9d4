import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { enqueue } from '../investigations/enqueue.ts'

const PATIENCE_MS = 5 * 60_000

/**
 * Moves the longest-waiting investigation, once it has waited for five minutes, into the most urgent class, so that nothing starves:
 * each run lets one of the least urgent investigations advance. Returns its id.
 */
export function promoteLongestWaiting(pool: Pool, now: Date): Promise<string | undefined> {
  return inTransaction(pool, async client => {
    const { rows } = await client.query<{ id: string }>(
      `UPDATE investigations SET queue_class = 0,
         queue_round = coalesce((SELECT min(queue_round) FROM investigations WHERE state = 'queued' AND queue_class = 0), 0)
       WHERE id = (SELECT id FROM investigations WHERE state = 'queued' AND queue_class > 0 AND created_at < $1
                   ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [new Date(now.getTime() - PATIENCE_MS)],
    )
    const promoted = rows.map(({ id }) => id)
    await enqueue(client, promoted, 'waited')
    return promoted[0]
  })
}
