import type { Attention } from './database.ts'
import type { Journal, JournalEntry } from './journal.ts'

/** A gesture that is not in the database yet. `isJournaled`: it outlives the page. */
export type WaitingGesture = JournalEntry & { isJournaled: boolean }

type Options = {
  /** Undefined if the browser blocks `localStorage`. */
  journal: Journal | undefined
  /** Stores a gesture exactly once; the page shows it at once if it is in the journal, otherwise once it is stored. */
  store: (gesture: JournalEntry, isJournaled: boolean) => Promise<unknown>
  addAttention: (items: Omit<Attention, 'at'>[]) => Promise<void>
  /** Called when a waiting gesture begins to be shown, or is no longer shown because it was given up. */
  onChange: () => void
}

/** Creates the queue of the gestures that are not in the database yet; they are stored one by one, in their order. */
export function createGestureQueue({ journal, store, addAttention, onChange }: Options) {
  let waiting: readonly WaitingGesture[] = []
  let line: Promise<void> = Promise.resolve()

  function storeUpTo(last?: WaitingGesture): Promise<void> {
    line = line
      .catch(() => {})
      .then(async () => {
        for (let [gesture] = waiting; gesture !== undefined; [gesture] = waiting) {
          await storeFirst(gesture).catch(async error => {
            if (isUnstorable(error)) await giveUp(gesture, JSON.stringify(gesture.edits))
            throw error
          })
          if (gesture === last) return
        }
      })
    return line
  }

  async function storeFirst(gesture: WaitingGesture) {
    await store(gesture, gesture.isJournaled)
    forget(gesture)
  }

  function forget({ id }: Pick<WaitingGesture, 'id'>) {
    waiting = waiting.filter(gesture => gesture.id !== id)
    journal?.remove(id)
  }

  // It must neither be lost nor block the others.
  async function giveUp(gesture: { id: string }, text: string) {
    const change = { entity: 'unknown', field: 'text', value: text } as const
    await addAttention([{ key: `journal/${gesture.id}`, code: 'NOT_STORED', reason: LOST, op: change }])
    forget(gesture)
    onChange()
  }

  return {
    /** Writes a gesture into the journal before it returns. Resolves once it is stored; rejects if it has to wait. */
    add(gesture: JournalEntry): Promise<void> {
      const own = { ...gesture, isJournaled: journal?.write(gesture) === true }
      waiting = [...waiting, own]
      // The database may be slow: without it, the person would do the same again.
      if (own.isJournaled) onChange()
      return storeUpTo(own)
    },
    /** Stores the gestures of pages that went away. What cannot be stored waits, or needs attention: it never rejects. */
    async replay(): Promise<void> {
      const { entries, unreadable } = journal?.read() ?? { entries: [], unreadable: [] }
      waiting = entries.map(entry => ({ ...entry, isJournaled: true }))
      try {
        for (const { id, text } of unreadable) await giveUp({ id }, text)
        for (const gesture of waiting)
          await storeFirst(gesture).catch(error => {
            if (isUnstorable(error)) return giveUp(gesture, JSON.stringify(gesture.edits))
            throw error
          })
      } catch {
        // The storage is full: they stay in the journal.
      }
    },
    storeAll: () => storeUpTo(),
    /** The gestures of this page, and of earlier ones, that are not stored yet; oldest first. */
    waiting: () => waiting,
    /** The ids of all gestures on this device that may not be stored yet, those of other open pages included. */
    unstoredIds: (): ReadonlySet<string> =>
      new Set([...waiting.map(({ id }) => id), ...(journal?.ids() ?? [])]),
    /** The ids of the gestures in the journal. */
    journaled: () => new Set(journal?.read().entries.map(({ id }) => id)),
  }
}

const LOST = 'This device cannot store this change.'

// The browser's own errors may be over later: the storage is full, or the database is being closed.
function isUnstorable(error: unknown): boolean {
  return !(error instanceof DOMException) || error.name === 'DataCloneError'
}
