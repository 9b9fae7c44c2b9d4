import type { Redis } from '@goalixa/chassis/connect-redis'
import { type Cache, MAX_ENTRY_BYTES } from './cache.ts'

// What a Redis that is slow, or hangs, has not taken yet is held in our memory.
const MAX_QUEUED_BYTES = 8_388_608

/** Creates a cache in Redis, shared by all replicas. While Redis is unavailable, every lookup is a miss at once. */
export function createRedisCache(redis: Redis): Cache {
  // Waiting to be written; a command that times out may still be in the buffer of the connection.
  let waitingBytes = 0

  return {
    get: async key => (await redis.getBuffer(key).catch(() => null)) ?? undefined,
    async set(key, value, ttlSeconds) {
      if (value.length > MAX_ENTRY_BYTES || redis.status !== 'ready') return
      if (waitingBytes + redis.stream.writableLength + value.length > MAX_QUEUED_BYTES) return
      waitingBytes += value.length
      await redis.set(key, value, 'EX', ttlSeconds).catch(() => undefined)
      waitingBytes -= value.length
    },
  }
}
