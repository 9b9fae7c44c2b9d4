import type { Log } from '@goalixa/chassis/log'
import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { listen } from './listen.ts'
import type { JobQueue } from './queue.ts'

type Deps = { pool: Pool; databaseUrl: string; queue: Pick<JobQueue, 'add'>; log: Log; pollMs?: number }

/**
 * Feeds the queue from the outbox, on NOTIFY and by polling, because a notification may be missed. Many relays may
 * run: with SKIP LOCKED each takes different rows. A row is deleted only after the queue has its job.
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
      const { rows } = await client.query(
        `SELECT id::text, investigation_id, why, created_at FROM outbox
         ORDER BY outbox.id FOR UPDATE SKIP LOCKED LIMIT 100`,
      )
      for (const row of rows)
        await queue.add(row.id, {
          investigationId: row.investigation_id,
          why: row.why,
          queuedAt: row.created_at.toISOString(),
        })
      await client.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [rows.map(row => row.id)])
      return rows.length
    })
  }
}
