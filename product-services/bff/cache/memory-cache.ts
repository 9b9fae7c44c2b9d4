import { LRUCache } from 'lru-cache'
import type { Cache } from './cache.ts'

const MAX_ENTRIES = 2_000

/** Creates a bounded cache in this process; it evicts the least recently used entry. `now` is in milliseconds. */
export function createMemoryCache({ now = Date.now }: { now?: () => number } = {}): Cache {
  const entries = new LRUCache<string, Buffer>({ max: MAX_ENTRIES, perf: { now } })
  return {
    get: async key => entries.get(key),
    async set(key, value, ttlSeconds) {
      entries.set(key, value, { ttl: ttlSeconds * 1000 })
    },
  }
}
