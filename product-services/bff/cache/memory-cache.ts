import { LRUCache } from 'lru-cache'
import { type Cache, MAX_ENTRY_BYTES } from './cache.ts'

// An eighth of the memory of a pod.
const MAX_BYTES = 33_554_432

/** Creates a cache of at most 32 MiB in this process; it evicts the least recently used entry. `now` is in milliseconds. */
export function createMemoryCache({ now = Date.now }: { now?: () => number } = {}): Cache {
  const entries = new LRUCache<string, Buffer>({
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_ENTRY_BYTES,
    sizeCalculation: (value, key) => value.length + key.length,
    perf: { now },
  })
  return {
    get: async key => entries.get(key),
    async set(key, value, ttlSeconds) {
      entries.set(key, value, { ttl: ttlSeconds * 1000 })
    },
  }
}
