import type { Log } from '@goalixa/chassis/log'
import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import type { Stage } from '../investigations/enqueue.ts'
import { listen } from './listen.ts'
import type { JobQueue } from './queue.ts'
import { laneOf, priorityOf } from './queue-place.ts'
import { takePlaces } from './take-places.ts'

/** Rows moved at a time, short enough for an action's to be next soon. */
const BATCH = 50

type Row = { id: string; investigationId: string; why: string; stage: Stage; createdAt: Date }
type Deps = { pool: Pool; databaseUrl: string; queue: Pick<JobQueue, 'add'>; log: Log; pollMs?: number }

/**
 * Feeds the queue from the outbox, actions first, on NOTIFY and by polling, because a notification may be missed. Many relays
 * may run: with SKIP LOCKED each takes different rows. A row is deleted only after the queue has its job.
 */
export function createOutboxRelay({ pool, databaseUrl, queue, log, pollMs = 1_000 }: Deps) {
  let wake = () => {}
  let wasTold = false
  let isStopped = false
  const listener = listen(databaseUrl, 'syntra_outbox', () => {
    wasTold = true
    wake()
  })
  const running = run()

  return {
    async stop() {
      isStopped = true
      wake()
      await listener.stop()
      await running
    },
  }

  async function run() {
    while (!isStopped) {
      wasTold = false
      const moved = await relay().catch(error => {
        log.warn({ err: error }, 'outbox relay failed')
        return 0
      })
      if (moved === 0 && !wasTold && !isStopped) await pause()
    }
  }

  function pause() {
    return new Promise<void>(resolve => {
      const timer = setTimeout(resolve, pollMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  function relay(): Promise<number> {
    return inTransaction(pool, async client => {
      const { rows } = await client.query<Row>(
        `SELECT id::text, investigation_id AS "investigationId", why, lane AS stage, created_at AS "createdAt" FROM outbox
         ORDER BY lane, outbox.id FOR UPDATE SKIP LOCKED LIMIT ${BATCH}`,
      )
      // Not in this transaction: its locks would keep a worker from beginning what it was just given.
      const places = await takePlaces(
        pool,
        rows.map(row => row.investigationId),
      )
      for (const { investigationId, why, stage, createdAt } of rows) {
        const place = places.get(investigationId) ?? { class: 0, round: 0 }
        const lane = laneOf(stage, place)
        const job = { investigationId, why, queuedAt: createdAt.toISOString() }
        await queue.add(lane, job, priorityOf(lane, place))
      }
      await client.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [rows.map(row => row.id)])
      return rows.length
    })
  }
}
