import type { Redis } from '@goalixa/chassis/connect-redis'
import type { CircuitBreaker } from '@goalixa/chassis/create-circuit-breaker'
import { type Cache, MAX_ENTRY_BYTES } from './cache.ts'

// What a Redis that is slow, or hangs, has not taken yet is held in our memory.
const MAX_QUEUED_BYTES = 8_388_608

/** Creates a cache in Redis, shared by all replicas. While Redis is unavailable, every lookup is a miss at once. */
export function createRedisCache({ redis, attempt }: { redis: Redis; attempt: CircuitBreaker }): Cache {
  // Waiting to be written; a command that times out may still be in the buffer of the connection.
  let waitingBytes = 0

  return {
    get: async key => (await attempt(() => redis.getBuffer(key))) ?? undefined,
    async set(key, value, ttlSeconds) {
      if (value.length > MAX_ENTRY_BYTES || redis.status !== 'ready') return
      if (waitingBytes + redis.stream.writableLength + value.length > MAX_QUEUED_BYTES) return
      waitingBytes += value.length
      await attempt(() => redis.set(key, value, 'EX', ttlSeconds).catch(ignoreRefusal))
      waitingBytes -= value.length
    },
  }
}

// A Redis that is full refuses to store, but can be read.
function ignoreRefusal(error: Error): void {
  if (error.name !== 'ReplyError') throw error
}
