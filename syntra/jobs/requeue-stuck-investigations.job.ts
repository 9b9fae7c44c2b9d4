import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { enqueue } from '../investigations/enqueue.ts'
import type { JobQueue } from './queue.ts'

type Deps = { pool: Pool; queue: Pick<JobQueue, 'findLive'> }

/**
 * Queues investigations again that could make progress, have made none for a while and have no job: nothing is lost even if
 * the queue was emptied. One whose worker is alive holds its lock and is skipped. Returns their ids.
 */
export async function requeueStuckInvestigations(
  { pool, queue }: Deps,
  stuckSeconds: number,
  now: Date,
): Promise<string[]> {
  const candidates = await takeCandidates(pool, stuckSeconds, now)
  if (candidates.length === 0) return []
  const live = await queue.findLive(candidates)
  const stuck = candidates.filter(id => !live.has(id))
  await enqueue(pool, stuck, 'stuck')
  return stuck
}

// Each is looked at once in `stuckSeconds`, whichever worker does.
function takeCandidates(pool: Pool, stuckSeconds: number, now: Date): Promise<string[]> {
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
    return stuck
  })
}
