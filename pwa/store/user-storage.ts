/** The part of `localStorage` that is used for a user's unfinished work. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const KINDS = ['journal', 'draft'] as const
type Kind = (typeof KINDS)[number]

/**
 * Creates the texts of one kind that a user's pages keep in `localStorage`, by name. A write is synchronous: the value has
 * left the page for the browser's own process before `set` returns, so it outlives a reload, a closed tab and a crash of
 * the page. Only a crash of the whole browser or the device in the seconds after it loses it.
 */
export function createUserStorage(storage: TextStorage, kind: Kind, userId: string) {
  const prefix = prefixOf(kind, userId)
  return {
    get: (name: string): string | null => storage.getItem(prefix + name),
    /** Returns whether the text is kept: the storage may be full. */
    set(name: string, text: string): boolean {
      try {
        storage.setItem(prefix + name, text)
        return true
      } catch {
        return false
      }
    },
    remove: (name: string): void => storage.removeItem(prefix + name),
    names: (): string[] => keysWith(storage, prefix).map(key => key.slice(prefix.length)),
  }
}
export type UserStorage = ReturnType<typeof createUserStorage>

/** Whether a user has gestures here that are not in the database, or text that is not saved. */
export function hasUnfinishedWork(storage: TextStorage, userId: string): boolean {
  return KINDS.some(kind => keysWith(storage, prefixOf(kind, userId)).length > 0)
}

/** Removes everything that a user's pages have kept here. */
export function clearUserStorage(storage: TextStorage, userId: string): void {
  for (const kind of KINDS)
    for (const key of keysWith(storage, prefixOf(kind, userId))) storage.removeItem(key)
}

function prefixOf(kind: Kind, userId: string): string {
  return `goalixa.${kind}:${userId}:`
}

function keysWith(storage: TextStorage, prefix: string): string[] {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index))
  return keys.filter(key => key?.startsWith(prefix)).map(String)
}
