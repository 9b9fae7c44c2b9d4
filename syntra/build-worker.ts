import { buildService } from '@goalixa/chassis/build-service'
import type { Log } from '@goalixa/chassis/log'
import type { Metrics } from '@goalixa/chassis/metrics'
import { checkPostgres } from '@goalixa/chassis/postgres'
import { wire } from './composition/composition-root.ts'
import type { World } from './composition/dependencies.ts'
import type { SyntraConfig } from './config.ts'
import { createAdvanceInvestigation } from './jobs/advance-investigation.job.ts'
import { closeIncidents } from './jobs/close-incidents.job.ts'
import { expireActions } from './jobs/expire-actions.job.ts'
import { measure } from './jobs/measure.job.ts'
import { createOutboxRelay } from './jobs/outbox-relay.ts'
import { createJobQueue } from './jobs/queue.ts'
import { reconcile } from './jobs/reconcile.job.ts'
import { reinvestigate } from './jobs/reinvestigate.job.ts'
import { removeEvidence } from './jobs/remove-evidence.job.ts'
import { repeat } from './jobs/run-periodically.ts'
import { stopWorker } from './jobs/stop-worker.ts'
import { watchPendingReverts } from './pending-reverts/watch-pending-reverts.job.ts'
import { openStorage } from './storage/open-storage.ts'
import type { AroundNode } from './telemetry/instrument-node.ts'
import { createSyntraMetrics } from './telemetry/metrics.ts'

type Options = {
  config: SyntraConfig
  world: World
  log: Log
  metrics: Metrics
  now?: () => Date
  aroundNode?: AroundNode
}

/** The working side of Syntra: relays the outbox, advances threads, and sweeps up what stands still. */
export async function buildWorker({
  config,
  world,
  log,
  metrics,
  now = () => new Date(),
  aroundNode,
}: Options) {
  const concurrency = config.SYNTRA_WORKER_CONCURRENCY
  const storage = await openStorage({ url: config.DATABASE_URL, name: 'syntra-worker', concurrency })
  const { pool, lockPool, checkpointer } = storage
  const syntraMetrics = createSyntraMetrics(metrics)
  const { graph, investigations, ledger, limits } = wire({
    config,
    storage,
    world,
    metrics: syntraMetrics,
    log,
    now,
    aroundNode,
  })
  const draining = new AbortController()
  const closing = new AbortController()
  const queue = createJobQueue({ databaseUrl: config.DATABASE_URL, redisUrl: config.REDIS_URL, log })
  const advance = createAdvanceInvestigation({
    pool,
    lockPool,
    graph,
    investigations,
    ledger,
    metrics: syntraMetrics,
    log,
    now,
    draining: draining.signal,
    closing: closing.signal,
  })
  const worker = queue.startWorker(advance, { concurrency, lockSeconds: config.SYNTRA_JOB_LOCK_SECONDS })
  const relay = createOutboxRelay({ pool, databaseUrl: config.DATABASE_URL, queue, log })
  // People merge, so a minute does; each look costs a call to GitHub.
  const everyMs = Math.max(5_000, 60_000 / config.SYNTRA_TIME_SCALE)
  const sweeps = [
    repeat('expire actions', 1_000, log, () => expireActions(pool, ledger, now())),
    repeat('reconcile', 2_000, log, () => reconcile(pool, config.SYNTRA_STUCK_SECONDS, now())),
    repeat('look again', 3_000, log, () => reinvestigate(pool, config.SYNTRA_STUCK_SECONDS, now())),
    repeat('close incidents', 5_000, log, () =>
      closeIncidents(pool, checkpointer, config.SYNTRA_CLOSE_SECONDS, now()),
    ),
    repeat('remove evidence', 10_000, log, () => removeEvidence(pool, config.SYNTRA_EVIDENCE_DAYS, now())),
    repeat('settle follow-ups', everyMs, log, () =>
      watchPendingReverts(
        {
          pool,
          lockPool,
          ledger,
          toolExecutor: world.toolExecutor,
          freezeWindows: limits.freezeWindows,
          patienceSeconds: config.SYNTRA_STEP_PATIENCE_SECONDS,
          everyMs,
          log,
        },
        now(),
        draining.signal,
      ),
    ),
    repeat('measure', 5_000, log, () => measure(pool, syntraMetrics)),
  ]

  return buildService({
    name: 'syntra-worker',
    config,
    log,
    metrics,
    readiness: [{ name: 'postgres', check: () => checkPostgres(pool, metrics) }],
    routes: () => {},
    onClose: async () => {
      draining.abort()
      await Promise.all([relay.stop(), ...sweeps.map(sweep => sweep.stop())])
      await stopWorker({ worker, draining, closing })
      await queue.close()
      await storage.close()
    },
  })
}
