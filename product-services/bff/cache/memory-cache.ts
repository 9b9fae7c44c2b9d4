import type { Cache } from './cache.ts'

const MAX_ENTRIES = 2_000

/** A cache in this process, bounded: the longest unused entry goes first. `now` is milliseconds since 1970. */
export function createMemoryCache({ now = Date.now }: { now?: () => number } = {}): Cache {
  const entries = new Map<string, { value: Buffer; until: number }>()
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
