import type { TextStorage } from '../store/user-storage.ts'

/** Creates a `localStorage` in memory, which outlives the pages of a test. `isFull` makes every write fail. */
export function createTextStorage() {
  const items = new Map<string, string>()
  return {
    isFull: false,
    items,
    get length() {
      return items.size
    },
    key: index => [...items.keys()][index] ?? null,
    getItem: name => items.get(name) ?? null,
    setItem(name, text) {
      if (this.isFull) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
      items.set(name, text)
    },
    removeItem: name => void items.delete(name),
  } satisfies TextStorage & Record<string, unknown>
}
