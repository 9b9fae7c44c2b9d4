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

export type RedisConnection = {
  redis: Redis
  /** Reports the outcome of a regular write: a Redis that refuses it because it is full or read-only counts as unavailable until one succeeds. */
  reportWrite: (error?: unknown) => void
}

/**
 * Connects to Redis for what must never wait for it: a command fails within 300 ms, at once while the connection is lost. A Redis that answers
 * nothing for a second is lost too, and with it whatever was queued for it. Commands of one turn of the event loop share a round trip. Sets
 * `goalixa_dependency_up{dependency="redis"}` and logs an outage once.
 */
export function connectRedis({ url, log, metrics, consequence }: Options): RedisConnection {
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
  let isRefusing = false

  function up() {
    isUp = true
    metrics.dependencyUp.set({ dependency: 'redis' }, 1)
  }

  function down(err: unknown) {
    metrics.dependencyUp.set({ dependency: 'redis' }, 0)
    if (isUp) log.warn({ err, dependency: 'redis' }, consequence)
    isUp = false
  }

  redis.on('ready', () => {
    // Perhaps another Redis; the next write says so if it refuses too.
    isRefusing = false
    up()
  })
  redis.on('error', down)
  return {
    redis,
    reportWrite(error) {
      // Other errors are those of the connection, which reports them itself.
      if (error === undefined ? !isRefusing : !isRefusal(error)) return
      isRefusing = error !== undefined
      if (isRefusing) down(error)
      else up()
    },
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}
