import { ENTITIES } from '@goalixa/rules/fields/fields'
import type { Edit } from '../sync/edit-rows.ts'
import type { UserStorage } from './user-storage.ts'

/** A gesture as it was made: its edits, the device's clock at that moment, and the correction with which it was read. */
export type JournalEntry = { id: string; edits: readonly Edit[]; nowMs: number; correctionMs: number }

/**
 * Creates the write-ahead journal of a user's gestures. A gesture is in it before the page shows it as done, and leaves it
 * once it is in the database, which records that it has applied it.
 */
export function createJournal(texts: UserStorage) {
  let written = 0
  return {
    /** Writes a gesture synchronously; returns false if the browser does not keep it. */
    write({ id, ...gesture }: JournalEntry): boolean {
      return texts.set(id, JSON.stringify({ ...gesture, order: ++written }))
    },
    remove: (id: string) => texts.remove(id),
    ids: () => texts.names(),
    /** Returns what pages that went away have left: gestures, oldest first, and texts that are not gestures. */
    read() {
      const left = texts.names().map(id => ({ id, text: texts.get(id) ?? '' }))
      const found = left.map(({ id, text }) => ({ id, text, gesture: parseGesture(text) }))
      const entries = found
        .flatMap(({ id, gesture }) => (gesture === undefined ? [] : [{ ...gesture, id }]))
        .toSorted((a, b) => a.nowMs + a.correctionMs - b.nowMs - b.correctionMs || a.order - b.order)
      return { entries, unreadable: found.filter(({ gesture }) => gesture === undefined) }
    },
  }
}
export type Journal = ReturnType<typeof createJournal>

/** The last time that a `Date` can hold (ECMAScript, Time Values and Time Range). */
const MAX_DATE_MS = 8.64e15

type Gesture = Omit<JournalEntry, 'id'> & { order: number }

// Another version of the app may have written it, or a person: whatever is not a gesture must not stop the app.
function parseGesture(text: string): Gesture | undefined {
  try {
    const { edits, nowMs, correctionMs, order = 0, ...rest } = JSON.parse(text) as Gesture
    const isTime =
      [nowMs, correctionMs].every(Number.isFinite) && Math.abs(nowMs + correctionMs) <= MAX_DATE_MS
    return isTime && Array.isArray(edits) && edits.every(isEdit)
      ? { ...rest, edits, nowMs, correctionMs, order }
      : undefined
  } catch {
    return undefined
  }
}

function isEdit(edit: Partial<Edit> | null): boolean {
  const isRow = typeof edit?.id === 'string' && ENTITIES.some(entity => entity === edit.entity)
  const hasReadings = edit?.readings === undefined || Array.isArray(edit.readings)
  const hasFields = typeof edit?.fields === 'object' && edit.fields !== null && !Array.isArray(edit.fields)
  return isRow && hasFields && hasReadings
}
