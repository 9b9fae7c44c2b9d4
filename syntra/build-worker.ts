import { buildService } from '@goalixa/chassis/build-service'
import type { Log } from '@goalixa/chassis/log'
import type { Metrics } from '@goalixa/chassis/metrics'
import { checkPostgres } from '@goalixa/chassis/postgres'
import { clockOf, createDatabaseClock } from './clock/database-clock.ts'
import { createCompositionRoot } from './composition/composition-root.ts'
import type { Dependencies } from './composition/dependencies.ts'
import type { SyntraConfig } from './config.ts'
import type { Stage } from './investigations/enqueue.ts'
import { createAdvanceInvestigation } from './jobs/advance-investigation.job.ts'
import { createOutboxRelay } from './jobs/outbox-relay.ts'
import { createPrecedence } from './jobs/precedence.ts'
import { createJobQueue } from './jobs/queue.ts'
import { runSchedule } from './jobs/run-schedule.ts'
import { SCHEDULE } from './jobs/schedule.ts'
import { stopWorkers } from './jobs/stop-workers.ts'
import { createSinks } from './notifications/create-sinks.ts'
import { openStorage } from './storage/open-storage.ts'
import type { AroundNode } from './telemetry/instrument-node.ts'
import { createSyntraMetrics } from './telemetry/metrics.ts'

/**
 * Actions that one worker executes and verifies at the same time. A verification takes minutes, most of which it waits, and an
 * approved action must find a free slot: this is far more than people approve in that time.
 */
const ACTION_SLOTS = 64

type Options = {
  config: SyntraConfig
  dependencies: Dependencies
  log: Log
  metrics: Metrics
  /** The database's by default. */
  now?: () => Date
  aroundNode?: AroundNode
}

/** The worker: relays the outbox, advances threads, and runs the periodic jobs. */
export async function buildWorker({ config, dependencies, log, metrics, now: ownNow, aroundNode }: Options) {
  const concurrency = config.SYNTRA_WORKER_CONCURRENCY
  const syntraMetrics = createSyntraMetrics(metrics)
  // Actions, the relay and the periodic jobs share this storage; investigations have separate connections.
  const storage = await openStorage({
    url: config.DATABASE_URL,
    name: 'syntra-worker',
    leaseSeconds: config.SYNTRA_JOB_LOCK_SECONDS,
    connections: 8,
    waitMs: 10_000,
    onLeaseLost: () => syntraMetrics.leasesLost.inc(),
  })
  const precedence = createPrecedence()
  const investigationsStorage = storage.openOwn('investigations', concurrency + 4, precedence.yieldStatement)
  const { pool, leases, checkpointer } = storage
  const clock = ownNow ? clockOf(ownNow) : await createDatabaseClock(pool)
  const { now } = clock
  const shared = { config, dependencies, metrics: syntraMetrics, log, now, aroundNode, precedence }
  const stages = {
    actions: createCompositionRoot({ ...shared, storage }),
    investigations: createCompositionRoot({ ...shared, storage: investigationsStorage }),
  }
  const { ledger, limits } = stages.actions
  const draining = new AbortController()
  const closing = new AbortController()
  const queue = createJobQueue({ pool, databaseUrl: config.DATABASE_URL, redisUrl: config.REDIS_URL, log })
  const advanceIn = (stage: Stage) =>
    createAdvanceInvestigation({
      ...stages[stage],
      leases,
      precedence,
      approvalSeconds: config.SYNTRA_APPROVAL_SECONDS,
      metrics: syntraMetrics,
      log,
      now,
      draining: draining.signal,
      closing: closing.signal,
    })
  const lockSeconds = config.SYNTRA_JOB_LOCK_SECONDS
  const workers = [
    queue.startWorker('actions', advanceIn('actions'), { concurrency: ACTION_SLOTS, lockSeconds }),
    queue.startWorker('critical', advanceIn('investigations'), { concurrency, lockSeconds }),
    queue.startWorker('investigations', advanceIn('investigations'), { concurrency, lockSeconds }),
  ]
  const relay = createOutboxRelay({ pool, databaseUrl: config.DATABASE_URL, queue, precedence, log })
  const { toolExecutor } = dependencies
  const { freezeWindows } = limits
  const sinks = createSinks(config)
  const jobContext = {
    config,
    pool,
    queue,
    leases,
    checkpointer,
    ledger,
    toolExecutor,
    freezeWindows,
    sinks,
    log,
  }
  const schedule = runSchedule(SCHEDULE, { ...jobContext, metrics: syntraMetrics }, clock.read)

  return buildService({
    name: 'syntra-worker',
    config,
    log,
    metrics,
    readiness: [{ name: 'postgres', check: () => checkPostgres(pool, metrics) }],
    routes: () => {},
    onClose: async () => {
      draining.abort()
      clock.stop()
      await Promise.all([relay.stop(), schedule.stop()])
      await stopWorkers({ workers, draining, closing })
      await queue.close()
      await storage.close()
    },
  })
}
