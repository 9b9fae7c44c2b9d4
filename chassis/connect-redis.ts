import { Redis } from 'ioredis'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'

export type { Redis }

type Options = {
  url: string
  log: Log
  metrics: Pick<Metrics, 'dependencyUp'>
  /** What an operator is told when Redis is lost: what is different until it is back. */
  consequence: string
}

/**
 * Connects to Redis for what must never wait for it: a command fails within 300 ms, at once while the connection is lost. A Redis that answers
 * nothing for a second is lost too, and with it whatever was queued for it. Commands of one turn of the event loop share a round trip. Sets
 * `goalixa_dependency_up{dependency="redis"}` and logs an outage once.
 */
export function connectRedis({ url, log, metrics, consequence }: Options): Redis {
  const redis = new Redis(url, {
    commandTimeout: 300,
    // A command that timed out stays in the queue of its connection.
    socketTimeout: 1_000,
    connectTimeout: 1_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    enableAutoPipelining: true,
  })
  let isUp = true
  redis.on('ready', () => {
    isUp = true
    metrics.dependencyUp.set({ dependency: 'redis' }, 1)
  })
  redis.on('error', (err: Error) => {
    metrics.dependencyUp.set({ dependency: 'redis' }, 0)
    if (isUp) log.warn({ err, dependency: 'redis' }, consequence)
    isUp = false
  })
  return redis
}
