import type { Log } from '@goalixa/chassis/log'
import type { Metrics } from '@goalixa/chassis/metrics'
import { Redis } from 'ioredis'

/** Keeps texts for a while. A cache that can not be reached is an empty one, never an error. */
export type Cache = {
  get: (key: string) => Promise<string | undefined>
  set: (key: string, value: string, ttlSeconds: number) => Promise<void>
  close: () => Promise<void>
}

const MAX_ENTRIES = 2_000

/** A cache in this process, bounded: the longest unused entry goes first. `now` is milliseconds since 1970. */
export function createMemoryCache({ now = Date.now }: { now?: () => number } = {}): Cache {
  const entries = new Map<string, { value: string; until: number }>()
  return {
    async get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      entries.delete(key)
      if (entry.until <= now()) return undefined
      entries.set(key, entry)
      return entry.value
    },
    async set(key, value, ttlSeconds) {
      entries.delete(key)
      if (entries.size >= MAX_ENTRIES) entries.delete(entries.keys().next().value ?? '')
      entries.set(key, { value, until: now() + ttlSeconds * 1000 })
    },
    async close() {
      entries.clear()
    },
  }
}

/** A cache in Redis, shared by all replicas. While Redis is away it answers "not there" at once. */
export function createRedisCache({ url, log, metrics }: { url: string; log: Log; metrics: Metrics }): Cache {
  const redis = new Redis(url, {
    commandTimeout: 300,
    connectTimeout: 1_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
  })
  const tell = (isUp: boolean) => metrics.dependencyUp.set({ dependency: 'redis' }, isUp ? 1 : 0)
  let isUp = true
  redis.on('ready', () => {
    isUp = true
    tell(true)
  })
  redis.on('error', (err: Error) => {
    tell(false)
    if (isUp) log.warn({ err, dependency: 'redis' }, 'cache unavailable')
    isUp = false
  })
  return {
    get: async key => (await redis.get(key).catch(() => null)) ?? undefined,
    async set(key, value, ttlSeconds) {
      await redis.set(key, value, 'EX', ttlSeconds).catch(() => undefined)
    },
    async close() {
      redis.disconnect()
    },
  }
}
