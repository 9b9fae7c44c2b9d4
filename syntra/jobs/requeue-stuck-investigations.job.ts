import type { Pool } from '@goalixa/chassis/postgres'
import { enqueue } from '../investigations/enqueue.ts'
import type { JobQueue } from './queue.ts'

type Deps = { pool: Pool; queue: Pick<JobQueue, 'findLive'> }

/**
 * Queues investigations again that could make progress but have made none for a while and have no job, so that nothing is lost even if
 * the queue was emptied. An investigation whose lease a worker holds is skipped. Returns their ids.
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

// Each candidate is examined once per `stuckSeconds`, by whichever worker is first.
async function takeCandidates(pool: Pool, stuckSeconds: number, now: Date): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `UPDATE investigations SET moved_at = $1 WHERE id IN (
       SELECT i.id FROM investigations i LEFT JOIN actions a ON a.investigation_id = i.id
       WHERE i.moved_at < $2
         AND (i.state IN ('queued', 'running') OR (i.state = 'waiting' AND a.state <> 'awaiting-approval'))
         AND NOT EXISTS (SELECT FROM outbox WHERE investigation_id = i.id)
         AND NOT EXISTS (SELECT FROM leases WHERE name = 'thread:' || i.id AND expires_at > clock_timestamp())
       ORDER BY i.moved_at LIMIT 200 FOR UPDATE OF i SKIP LOCKED)
     RETURNING id`,
    [now, new Date(now.getTime() - stuckSeconds * 1000)],
  )
  return rows.map(({ id }) => id)
}
