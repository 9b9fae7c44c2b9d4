import { FINAL_STATES } from '@goalixa/agents/devops/action-state'
import type { Log } from '@goalixa/chassis/log'
import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { CRITICAL_SEVERITIES } from '../incidents/severity-level.ts'
import type { Stage } from '../investigations/enqueue.ts'
import { listen } from './listen.ts'
import type { Precedence } from './precedence.ts'
import type { JobQueue } from './queue.ts'
import { ACTION_URGENCY, laneOf, priorityOf, urgencyOf } from './queue-place.ts'
import { takePlaces } from './take-places.ts'

/** Rows moved per batch: few enough that a new action does not wait long behind a batch. */
const BATCH = 50
/** How long one transaction feeds the queue. */
const BATCH_MS = 2_000

type Row = {
  id: string
  investigationId: string
  why: string
  stage: Stage
  isFinal: boolean
  createdAt: Date
}
type Deps = {
  pool: Pool
  databaseUrl: string
  queue: Pick<JobQueue, 'add'>
  precedence: Pick<Precedence, 'announce'>
  log: Log
  pollMs?: number
}

/**
 * Feeds the queue from the outbox, actions first, then what is critical, on NOTIFY and by polling, because a notification may be missed. Many relays
 * may run: with SKIP LOCKED each takes different rows. A row is deleted only after the queue has its job.
 */
export function createOutboxRelay({ pool, databaseUrl, queue, precedence, log, pollMs = 1_000 }: Deps) {
  let wake = () => {}
  let wasTold = false
  let isStopped = false
  const listener = listen(databaseUrl, 'syntra_outbox', decided => {
    if (decided) precedence.announce(decided, ACTION_URGENCY)
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
        `SELECT o.id::text, o.investigation_id AS "investigationId", o.why, o.lane AS stage, o.created_at AS "createdAt",
           NOT EXISTS (SELECT FROM actions a WHERE a.investigation_id = o.investigation_id AND a.state <> ALL($2)) AS "isFinal"
         FROM outbox o LEFT JOIN investigations i ON i.id = o.investigation_id LEFT JOIN incidents n ON n.id = i.incident_id
         ORDER BY o.lane, i.request IS NULL AND n.severity <> ALL($1), o.id
         FOR UPDATE OF o SKIP LOCKED LIMIT ${BATCH}`,
        [CRITICAL_SEVERITIES, FINAL_STATES],
      )
      // Not in this transaction: its row locks would keep a worker from starting the job that it has just received.
      const places = await takePlaces(
        pool,
        rows.map(row => row.investigationId),
      )
      const moved: string[] = []
      const deadline = performance.now() + BATCH_MS
      for (const { id, investigationId, why, stage, isFinal, createdAt } of rows) {
        // The rest is next: what a slow queue has taken must not be rolled back with the transaction.
        if (performance.now() > deadline) break
        const place = places.get(investigationId) ?? { class: 0, round: 0 }
        const lane = laneOf(stage, place)
        const job = { investigationId, why, queuedAt: createdAt.toISOString() }
        const priority = priorityOf(lane, place, isFinal)
        if (lane !== 'investigations') precedence.announce(investigationId, urgencyOf(lane, priority))
        await queue.add(lane, job, priority)
        moved.push(id)
      }
      await client.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [moved])
      return moved.length
    })
  }
}
