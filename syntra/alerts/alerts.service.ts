import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import type { SyntraMetrics } from '../telemetry/metrics.ts'
import type { Alert } from './alert.ts'
import type { AlertsRepository } from './alerts.repository.ts'
import type { RejectedAlert } from './rejected-alert.ts'
import type { RejectedAlertsRepository } from './rejected-alerts.repository.ts'

type Deps = {
  repository: AlertsRepository
  rejectedAlerts: Pick<RejectedAlertsRepository, 'keep'>
  metrics: Pick<SyntraMetrics, 'alerts' | 'alertsRefused' | 'alertsWaiting'>
  log: Log
  now: () => Date
  /** The maximum number of alerts that wait. */
  backlog: number
  /** The maximum number of alerts in one transaction. */
  batchSize?: number
}

const MAX_LOGGED = 10

type Waiting = { alerts: Alert[]; resolve: () => void; reject: (reason: unknown) => void }

/**
 * Accepts alerts of many requests and writes them together: a storm takes a few transactions on one connection, not thousands.
 * `accept` resolves after the commit; throws `unavailable` when the database cannot be written or too many alerts wait.
 */
export function createAlertsService(deps: Deps) {
  const { repository, rejectedAlerts, metrics, log, now, backlog, batchSize = 1_000 } = deps
  const waiting: Waiting[] = []
  let waitingAlerts = 0
  let isWriting = false

  return {
    accept(alerts: Alert[]): Promise<void> {
      // Refuses at once, so that a delivery does not queue behind a transaction that hangs.
      repository.assertUsable()
      // An empty backlog accepts any request; otherwise one that is larger than the backlog would never be accepted.
      if (waitingAlerts > 0 && waitingAlerts + alerts.length > backlog)
        throw new ExpectedError('unavailable', 'ALERT_BACKLOG_FULL', 'Too many alerts wait to be written.')
      return new Promise((resolve, reject) => {
        waiting.push({ alerts, resolve, reject })
        waitingAlerts += alerts.length
        metrics.alertsWaiting.set(waitingAlerts)
        if (!isWriting) void writeAll()
      })
    },
    /** Counts, logs and stores rejected alerts. */
    async refuse(refused: RejectedAlert[]): Promise<void> {
      metrics.alertsRefused.inc(refused.length)
      for (const { labels, fields } of refused.slice(0, MAX_LOGGED))
        log.warn({ alertname: labels.alertname, fields, refused: refused.length }, 'alert refused')
      await rejectedAlerts.keep(refused, now())
    },
  }

  async function writeAll() {
    isWriting = true
    while (waiting.length > 0) {
      // Concurrent requests are batched.
      await new Promise(setImmediate)
      await write(takeBatch())
    }
    isWriting = false
  }

  function takeBatch(): Waiting[] {
    const batch: Waiting[] = []
    for (let size = 0, next = waiting[0]; next; next = waiting[0]) {
      size += next.alerts.length
      if (batch.length > 0 && size > batchSize) break
      batch.push(next)
      waiting.shift()
    }
    return batch
  }

  async function write(batch: Waiting[]) {
    const alerts = batch.flatMap(request => request.alerts)
    try {
      await repository.ingest(alerts, now())
      metrics.alerts.inc(alerts.length)
      for (const { resolve } of batch) resolve()
    } catch (error) {
      await refuse(batch, error)
    } finally {
      waitingAlerts -= alerts.length
      metrics.alertsWaiting.set(waitingAlerts)
    }
  }

  // A request that cannot be stored must not fail the others.
  async function refuse(batch: Waiting[], error: unknown) {
    if (batch.length > 1 && !(error instanceof ExpectedError)) {
      for (const request of batch)
        await repository.ingest(request.alerts, now()).then(request.resolve, request.reject)
      return
    }
    log.error({ err: error, alerts: batch.length }, 'alerts could not be stored')
    for (const { reject } of batch) reject(error)
  }
}
export type AlertsService = ReturnType<typeof createAlertsService>
