import { ExpectedError } from '@goalixa/chassis/errors'

type Options = { capacity: number; perSecond: number; now: () => number; maxKeys?: number }

/**
 * A token bucket per key, in the memory of this process: with n replicas a key has up to n times the tokens, which
 * still stops guessing. `take` throws `too-many` TOO_MANY_ATTEMPTS with the seconds to wait; `giveBack` undoes one take.
 */
export function createTokenBucket({ capacity, perSecond, now, maxKeys = 50_000 }: Options) {
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
    take(key: string): void {
      const tokens = filled(key)
      if (tokens < 1)
        throw new ExpectedError('too-many', 'TOO_MANY_ATTEMPTS', 'Too many attempts. Please wait a moment.', {
          retryAfterSeconds: (1 - tokens) / perSecond,
        })
      put(key, tokens - 1)
    },
    giveBack(key: string): void {
      put(key, filled(key) + 1)
    },
  }
}
export type TokenBucket = ReturnType<typeof createTokenBucket>
