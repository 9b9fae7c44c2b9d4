import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import type { Pool } from '@goalixa/chassis/postgres'
import type { SyntraMetrics } from '../telemetry/metrics.ts'
import type { Notification } from './notification.ts'
import type { NotificationSink } from './notification-sink.ts'
import {
  deleteNotification,
  deleteOldNotifications,
  leaseNotifications,
  type PendingNotification,
  postponeNotification,
} from './notifications.repository.ts'

type Deps = {
  pool: Pool
  sinks: NotificationSink[]
  metrics: Pick<SyntraMetrics, 'notifications'>
  log: Log
  now: Date
  signal: AbortSignal
}
type Outcome = 'delivered' | 'rejected' | 'failed' | 'abandoned'

const BATCH = 20
// A lease outlives the run and its last attempt, so that two workers do not send the same notification side by side.
const RUN_SECONDS = 30
const LEASE_SECONDS = 120
const MAX_BACKOFF_SECONDS = 600
const GIVE_UP_SECONDS = 86_400

/**
 * Sends what is due to every sink, at least once: a worker that dies after a delivery repeats it with the same id. While
 * a sink is unavailable its notifications are tried again, after 5 seconds at first and 10 minutes at most, for a day.
 */
export async function deliverNotifications(deps: Deps): Promise<void> {
  const { pool, sinks, now, signal } = deps
  if (sinks.length === 0) return deleteOldNotifications(pool)
  const leasedUntil = new Date(now.getTime() + LEASE_SECONDS * 1000)
  const endsAt = performance.now() + RUN_SECONDS * 1000
  while (!signal.aborted && performance.now() < endsAt) {
    const pending = await leaseNotifications(pool, { now, leasedUntil, limit: BATCH })
    if (pending.length === 0) return
    await Promise.all(pending.map(each => deliver(deps, each)))
  }
}

async function deliver(
  deps: Deps,
  { notification, deliveredTo, attempts, createdAt }: PendingNotification,
): Promise<void> {
  const { pool, sinks, now } = deps
  const isLast = now.getTime() - createdAt.getTime() >= GIVE_UP_SECONDS * 1000
  const sent = await Promise.all(
    sinks
      .filter(({ name }) => !deliveredTo.includes(name))
      .map(async sink => ({ name: sink.name, ...(await send(deps, sink, notification, isLast)) })),
  )
  const failed = sent.filter(({ outcome }) => outcome === 'failed')
  if (failed.length === 0) return deleteNotification(pool, notification.id)
  const done = sent.filter(({ outcome }) => outcome !== 'failed').map(({ name }) => name)
  const waitSeconds = Math.max(
    Math.min(5 * 2 ** (attempts - 1), MAX_BACKOFF_SECONDS),
    ...failed.map(({ retryAfterSeconds = 0 }) => Math.min(retryAfterSeconds, GIVE_UP_SECONDS)),
  )
  await postponeNotification(pool, notification.id, {
    deliveredTo: [...deliveredTo, ...done],
    nextAttemptAt: new Date(now.getTime() + waitSeconds * 1000),
  })
}

async function send(
  { metrics, log, signal }: Deps,
  sink: NotificationSink,
  notification: Notification,
  isLast: boolean,
): Promise<{ outcome: Outcome; retryAfterSeconds?: number }> {
  const count = (outcome: Outcome) => metrics.notifications.inc({ sink: sink.name, outcome })
  try {
    await sink.send(notification, signal)
    count('delivered')
    return { outcome: 'delivered' }
  } catch (error) {
    const outcome = outcomeOf(error, { isLast, isStopping: signal.aborted })
    count(outcome)
    log.warn(
      { err: error, sink: sink.name, notification: notification.id, outcome },
      'notification not delivered',
    )
    return {
      outcome,
      retryAfterSeconds: error instanceof ExpectedError ? error.retryAfterSeconds : undefined,
    }
  }
}

function outcomeOf(
  error: unknown,
  { isLast, isStopping }: { isLast: boolean; isStopping: boolean },
): Outcome {
  if (isStopping) return 'failed'
  if (error instanceof ExpectedError && error.kind === 'invalid') return 'rejected'
  return isLast ? 'abandoned' : 'failed'
}
