import { createHash } from 'node:crypto'
import type { Redis } from '@goalixa/chassis/connect-redis'
import type { CircuitBreaker } from '@goalixa/chassis/create-circuit-breaker'
import type { CreateBucket } from './token-bucket.ts'
import { tooManyAttempts } from './too-many-attempts.ts'

type Options = { redis: Redis; attempt: CircuitBreaker; fallback: CreateBucket }

// Atomic, by the clock of the server: two replicas cannot both take the last token. Returns the seconds to wait, or 0 if
// the tokens were taken. A key expires once its bucket would be full.
const TAKE = `
local capacity, per_second, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(capacity, (tonumber(held[1]) or capacity) + (now - (tonumber(held[2]) or now)) * per_second)
if tokens < wanted then return tostring((wanted - tokens) / per_second) end
tokens = math.min(capacity, tokens - wanted)
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], math.ceil((capacity - tokens) / per_second) + 1)
return '0'`

/**
 * Creates token buckets in Redis, shared by all replicas. While Redis is unavailable each process counts its own
 * (`fallback`), so that a limit neither vanishes nor locks everybody out.
 */
export function createRedisBuckets({ redis, attempt, fallback }: Options): CreateBucket {
  return limit => {
    const local = fallback(limit)
    const takeShared = async (key: string, wanted: number): Promise<number | undefined> => {
      const values = [limit.capacity, limit.perSecond, wanted]
      const answer = await attempt(() => redis.eval(TAKE, 1, bucketKey(limit.name, key), ...values))
      return answer === undefined ? undefined : Number(answer)
    }
    return {
      async take(key) {
        const waitSeconds = await takeShared(key, 1)
        if (waitSeconds === undefined) return local.take(key)
        if (waitSeconds > 0) throw tooManyAttempts(waitSeconds)
      },
      async refund(key) {
        if ((await takeShared(key, -1)) === undefined) await local.refund(key)
      },
    }
  }
}

// Hashed, because a key contains an email address.
function bucketKey(name: string, key: string): string {
  return `auth:limit:${name}:${createHash('sha256').update(key).digest('base64url')}`
}
