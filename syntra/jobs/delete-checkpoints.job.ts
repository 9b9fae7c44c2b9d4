import type { Log } from '@goalixa/chassis/log'
import type { Pool } from '@goalixa/chassis/postgres'
import { runForEach } from './run-for-each.ts'

type Deps = { pool: Pool; threads: { deleteThread(threadId: string): Promise<void> }; log: Log }

/** At most this many threads per run, so that a backlog does not keep a worker busy. */
const BATCH = 100

/**
 * Deletes the checkpoints of ended investigations of closed incidents: what people need is in our own tables. An investigation is
 * marked only after that, so that a worker that dies in between leaves it for the next run. Returns how many.
 */
export function deleteCheckpoints({ pool, threads, log }: Deps): Promise<number> {
  return runForEach<{ id: string }>({
    pool,
    async read(after) {
      const { rows } = await pool.query<{ id: string }>(
        `SELECT i.id FROM investigations i JOIN incidents n ON n.id = i.incident_id
         WHERE i.checkpoints_deleted_at IS NULL AND i.state IN ('done', 'failed') AND n.state = 'closed'
           AND ($1::uuid IS NULL OR i.id > $1)
         ORDER BY i.id LIMIT $2`,
        [after?.id, BATCH],
      )
      return rows
    },
    async work({ id }) {
      await threads.deleteThread(id)
      await pool.query('UPDATE investigations SET checkpoints_deleted_at = now() WHERE id = $1', [id])
      return true
    },
    log,
    fieldsOf: ({ id }) => ({ investigationId: id }),
    limit: BATCH,
  })
}
