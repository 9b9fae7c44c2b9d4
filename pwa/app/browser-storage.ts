import type { TextStorage } from '../store/user-storage.ts'

/** The browser's `localStorage`, undefined where it is blocked. */
export const persistentStorage: TextStorage | undefined = findStorage()

/** As above, or a stand-in that lasts as long as the page, so that the app starts and asks the server who is signed in. */
export const storageOrMemory: TextStorage = persistentStorage ?? createStandIn()

function findStorage(): TextStorage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

function createStandIn(): TextStorage {
  const items = new Map<string, string>()
  return {
    get length() {
      return items.size
    },
    key: index => [...items.keys()][index] ?? null,
    getItem: name => items.get(name) ?? null,
    setItem: (name, text) => void items.set(name, text),
    removeItem: name => void items.delete(name),
  }
}
