import { LRUCache } from 'lru-cache'

// A formatter takes a tenth of the time of a whole request. There are about 600 names; anybody can write each in many ways.
const known = new LRUCache<string, string>({ max: 1_000 })

/** Returns the name of a time zone in its proper case: `europe/berlin` and `Europe/Berlin` are one zone. An alias stays as it is. */
export function canonicalTimeZone(name: string): string {
  const found = known.get(name) ?? resolve(name)
  known.set(name, found)
  return found
}

function resolve(name: string): string {
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
  return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name
}
