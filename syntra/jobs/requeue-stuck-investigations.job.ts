import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { enqueue } from '../investigations/start-investigations.ts'

/**
 * Queues investigations again that have made no progress for a while although they could: nothing is lost even if the queue
 * was emptied. One whose worker is alive holds its lock and is skipped. Returns their ids.
 */
export function requeueStuckInvestigations(pool: Pool, stuckSeconds: number, now: Date): Promise<string[]> {
  return inTransaction(pool, async client => {
    const { rows } = await client.query<{ id: string }>(
      `UPDATE investigations SET moved_at = $1 WHERE id IN (
         SELECT i.id FROM investigations i LEFT JOIN actions a ON a.investigation_id = i.id
         WHERE i.moved_at < $2
           AND (i.state IN ('queued', 'running') OR (i.state = 'waiting' AND a.state <> 'awaiting-approval'))
           AND NOT EXISTS (SELECT FROM outbox WHERE investigation_id = i.id)
         ORDER BY i.moved_at LIMIT 200 FOR UPDATE OF i SKIP LOCKED)
       RETURNING id`,
      [now, new Date(now.getTime() - stuckSeconds * 1000)],
    )
    const stuck: string[] = []
    for (const { id } of rows) {
      const held = await client.query<{ held: boolean }>(
        `SELECT NOT pg_try_advisory_xact_lock(hashtextextended('thread:' || $1, 0)) AS held`,
        [id],
      )
      if (!held.rows[0]?.held) stuck.push(id)
    }
    await enqueue(client, stuck, 'stuck')
    return stuck
  })
}
