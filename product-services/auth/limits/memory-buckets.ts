import type { CreateBucket } from './token-bucket.ts'
import { tooManyAttempts } from './too-many-attempts.ts'

/**
 * Creates token buckets in the memory of this process: with n replicas a key has up to n times the tokens, which still
 * stops password guessing. `now` is in milliseconds since 1970.
 *
 * Not `rate-limiter-flexible`, which counts in fixed windows: after ten wrong passwords it would lock a person out until
 * the window of 100 s ends, a bucket for 10 s, and two adjacent windows admit twice the attempts at once.
 */
export function createMemoryBuckets({
  now,
  maxKeys = 50_000,
}: {
  now: () => number
  maxKeys?: number
}): CreateBucket {
  return ({ capacity, perSecond }) => {
    const buckets = new Map<string, { tokens: number; at: number }>()

    function tokensOf(key: string) {
      const bucket = buckets.get(key)
      if (!bucket) return capacity
      return Math.min(capacity, bucket.tokens + ((now() - bucket.at) / 1000) * perSecond)
    }

    function put(key: string, tokens: number) {
      buckets.delete(key)
      if (tokens >= capacity) return
      // Evicts the key that was used least recently: it is the most likely to be full again.
      if (buckets.size >= maxKeys) buckets.delete(buckets.keys().next().value ?? '')
      buckets.set(key, { tokens, at: now() })
    }

    return {
      async take(key) {
        const tokens = tokensOf(key)
        if (tokens < 1) throw tooManyAttempts((1 - tokens) / perSecond)
        put(key, tokens - 1)
      },
      async refund(key) {
        put(key, tokensOf(key) + 1)
      },
    }
  }
}
