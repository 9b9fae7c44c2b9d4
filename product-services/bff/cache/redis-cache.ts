import type { Log } from '@goalixa/chassis/log'
import type { Metrics } from '@goalixa/chassis/metrics'
import { Redis } from 'ioredis'
import type { Cache } from './cache.ts'

/** Creates a cache in Redis, shared by all replicas. While Redis is unavailable, every lookup is a miss at once. */
export function createRedisCache({ url, log, metrics }: { url: string; log: Log; metrics: Metrics }): Cache {
  const redis = new Redis(url, {
    commandTimeout: 300,
    connectTimeout: 1_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
  })
  const report = (isUp: boolean) => metrics.dependencyUp.set({ dependency: 'redis' }, isUp ? 1 : 0)
  let isUp = true
  redis.on('ready', () => {
    isUp = true
    report(true)
  })
  redis.on('error', (err: Error) => {
    report(false)
    if (isUp) log.warn({ err, dependency: 'redis' }, 'cache unavailable')
    isUp = false
  })
  return {
    get: async key => (await redis.getBuffer(key).catch(() => null)) ?? undefined,
    async set(key, value, ttlSeconds) {
      await redis.set(key, value, 'EX', ttlSeconds).catch(() => undefined)
    },
    async close() {
      redis.disconnect()
    },
  }
}
