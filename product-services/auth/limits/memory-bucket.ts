import type { CreateBucket } from './limit.ts'
import { tooManyAttempts } from './too-many-attempts.ts'

/**
 * Token buckets in the memory of this process: with n replicas a key has up to n times the tokens, which still stops
 * guessing. `now` is milliseconds since 1970.
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

    function filled(key: string) {
      const bucket = buckets.get(key)
      if (!bucket) return capacity
      return Math.min(capacity, bucket.tokens + ((now() - bucket.at) / 1000) * perSecond)
    }

    function put(key: string, tokens: number) {
      buckets.delete(key)
      if (tokens >= capacity) return
      // The longest untouched key goes first; it is the one most likely to be full again.
      if (buckets.size >= maxKeys) buckets.delete(buckets.keys().next().value ?? '')
      buckets.set(key, { tokens, at: now() })
    }

    return {
      async take(key) {
        const tokens = filled(key)
        if (tokens < 1) throw tooManyAttempts((1 - tokens) / perSecond)
        put(key, tokens - 1)
      },
      async giveBack(key) {
        put(key, filled(key) + 1)
      },
    }
  }
}
