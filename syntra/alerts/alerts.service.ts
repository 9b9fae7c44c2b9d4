import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import type { Alert } from './alert.ts'
import type { AlertsRepository } from './alerts.repository.ts'

type Deps = {
  repository: AlertsRepository
  log: Log
  now: () => Date
  /** Alerts that may wait at most. */
  backlog: number
  /** Alerts that are written in one transaction at most. */
  batchSize?: number
}

type Waiting = { alerts: Alert[]; resolve: () => void; reject: (reason: unknown) => void }

/**
 * Takes alerts of many requests and writes them together: a storm is a few transactions on one connection, not thousands.
 * `accept` resolves after the commit; throws `unavailable` when the database can not be written or too many wait.
 */
export function createAlertsService({ repository, log, now, backlog, batchSize = 1_000 }: Deps) {
  let waiting: Waiting[] = []
  let waitingAlerts = 0
  let isWriting = false

  return {
    accept(alerts: Alert[]): Promise<void> {
      // An empty backlog takes any request, or one that is larger than the backlog would never be taken.
      if (waitingAlerts > 0 && waitingAlerts + alerts.length > backlog)
        throw new ExpectedError('unavailable', 'ALERT_BACKLOG_FULL', 'Too many alerts wait to be written.')
      return new Promise((resolve, reject) => {
        waiting.push({ alerts, resolve, reject })
        waitingAlerts += alerts.length
        if (!isWriting) void writeAll()
      })
    },
    waiting: () => waitingAlerts,
  }

  async function writeAll() {
    isWriting = true
    // Requests of the same moment are taken together.
    await new Promise(setImmediate)
    while (waiting.length > 0) await write(takeBatch())
    isWriting = false
  }

  function takeBatch(): Waiting[] {
    let size = 0
    const end = waiting.findIndex(({ alerts }, index) => (size += alerts.length) > batchSize && index > 0)
    const batch = end === -1 ? waiting : waiting.slice(0, end)
    waiting = end === -1 ? [] : waiting.slice(end)
    return batch
  }

  async function write(batch: Waiting[]) {
    const alerts = batch.flatMap(request => request.alerts)
    try {
      await repository.ingest(alerts, now())
      for (const { resolve } of batch) resolve()
    } catch (error) {
      await refuse(batch, error)
    } finally {
      waitingAlerts -= alerts.length
    }
  }

  // One request that can not be stored must not take the others with it.
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
