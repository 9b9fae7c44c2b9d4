import type { Log } from '@goalixa/chassis/log'
import type { Pool } from '@goalixa/chassis/postgres'
import type { ToolExecutor } from '../actions/execution/tool-executor.ts'
import type { Ledger } from '../actions/ledger.ts'
import { checkDeadlineMs } from '../actions/verification/check-deadline.ts'
import { expireApprovals } from '../approvals/expire-approvals.job.ts'
import type { SyntraConfig } from '../config.ts'
import { deliverNotifications } from '../notifications/deliver-notifications.job.ts'
import type { NotificationSink } from '../notifications/notification-sink.ts'
import { watchPendingReverts } from '../pending-reverts/watch-pending-reverts.job.ts'
import type { FreezeWindows } from '../policy/freeze-windows.ts'
import type { Leases } from '../storage/leases.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { SyntraMetrics } from '../telemetry/metrics.ts'
import { closeIncidents } from './close-incidents.job.ts'
import { deleteCheckpoints } from './delete-checkpoints.job.ts'
import { measure } from './measure.job.ts'
import { promoteLongestWaiting } from './promote-longest-waiting.job.ts'
import { promoteMisdated } from './promote-misdated.job.ts'
import type { JobQueue } from './queue.ts'
import { reinvestigate } from './reinvestigate.job.ts'
import { removeEvidence } from './remove-evidence.job.ts'
import { requeueStuckInvestigations } from './requeue-stuck-investigations.job.ts'

/** What a job may use. */
export type JobContext = {
  config: SyntraConfig
  pool: Pool
  queue: Pick<JobQueue, 'findLive' | 'promoteAfter'>
  leases: Leases
  checkpointer: Storage['checkpointer']
  ledger: Ledger
  toolExecutor: ToolExecutor
  freezeWindows: FreezeWindows
  sinks: NotificationSink[]
  metrics: SyntraMetrics
  log: Log
}

export type Job<Context = JobContext> = {
  /** The pause after each run, in milliseconds. */
  everyMs: number | ((config: SyntraConfig) => number)
  /** A rejection is logged, and the next run tries again. `now` is the database's time, `signal` aborts when the worker stops. */
  run(context: Context, now: Date, signal: AbortSignal): Promise<unknown>
}

/** What every worker does periodically, by name. Workers run the same jobs at the same time, so each job locks what it changes. */
export const SCHEDULE = {
  'expire-approvals': {
    everyMs: 1_000,
    run: (context, now) => expireApprovals(context, now),
  },
  'requeue-stuck-investigations': {
    everyMs: 2_000,
    run: (context, now) => requeueStuckInvestigations(context, context.config.SYNTRA_STUCK_SECONDS, now),
  },
  'promote-misdated': {
    everyMs: 5_000,
    run: ({ queue }, now) => promoteMisdated(queue, now),
  },
  'promote-longest-waiting': {
    everyMs: 10_000,
    run: ({ pool }, now) => promoteLongestWaiting(pool, now),
  },
  reinvestigate: {
    everyMs: 3_000,
    run: ({ pool, config }, now) => reinvestigate(pool, config.SYNTRA_STUCK_SECONDS, now),
  },
  'close-incidents': {
    everyMs: 5_000,
    run: ({ pool, config }, now) => closeIncidents(pool, config.SYNTRA_CLOSE_SECONDS, now),
  },
  'delete-checkpoints': {
    everyMs: 5_000,
    run: ({ pool, checkpointer, log }) => deleteCheckpoints({ pool, threads: checkpointer, log }),
  },
  'deliver-notifications': {
    everyMs: 1_000,
    run: ({ pool, sinks, metrics, log }, now, signal) =>
      deliverNotifications({ pool, sinks, metrics, log, now, signal }),
  },
  'remove-evidence': {
    everyMs: 10_000,
    run: ({ config, ...context }, now) => removeEvidence(context, config.SYNTRA_EVIDENCE_DAYS, now),
  },
  'watch-pending-reverts': {
    everyMs: pendingRevertsEveryMs,
    run: ({ config, ...context }, now, signal) =>
      watchPendingReverts(
        {
          ...context,
          patienceSeconds: config.SYNTRA_STEP_PATIENCE_SECONDS,
          everyMs: pendingRevertsEveryMs(config),
          checkDeadlineMs: checkDeadlineMs(config),
        },
        now,
        signal,
      ),
  },
  measure: {
    everyMs: 5_000,
    run: ({ pool, metrics }) => measure(pool, metrics),
  },
} satisfies Record<string, Job>

// People merge, so once a minute is enough; each check costs a call to the forge.
function pendingRevertsEveryMs(config: SyntraConfig): number {
  return Math.max(5_000, 60_000 / config.SYNTRA_TIME_SCALE)
}
