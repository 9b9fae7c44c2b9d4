import type { Redis } from '@goalixa/chassis/connect-redis'
import type { Cache } from './cache.ts'

/** Creates a cache in Redis, shared by all replicas. While Redis is unavailable, every lookup is a miss at once. */
export function createRedisCache(redis: Redis): Cache {
  return {
    get: async key => (await redis.getBuffer(key).catch(() => null)) ?? undefined,
    async set(key, value, ttlSeconds) {
      await redis.set(key, value, 'EX', ttlSeconds).catch(() => undefined)
    },
  }
}
