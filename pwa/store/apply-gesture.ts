import { editRows } from '../sync/edit-rows.ts'
import { type Change, type Meta, rowKey } from '../sync/replica.ts'
import type { JournalEntry } from './journal.ts'
import { readMeta } from './read-meta.ts'
import { readRows } from './read-replica.ts'
import type { Writing } from './write-change.ts'

/** How many gestures the database remembers to have applied: a page that is still open may be about to store one of them. */
const MAX_REMEMBERED = 500

/**
 * Returns the change of a gesture and records in the same transaction that it is applied, or undefined if it changes nothing
 * or was applied before: by this page before it went away, or by another one that has found it in the journal.
 */
export async function applyGesture(
  tx: Writing,
  { id, edits, nowMs, correctionMs }: JournalEntry,
  observe: (meta: Meta) => Meta,
): Promise<Change | undefined> {
  const applied = tx.objectStore('appliedGestures')
  if ((await applied.getKey(id)) !== undefined) return undefined
  const meta = observe(readMeta(await tx.objectStore('meta').get('meta')))
  const rows = await readRows(tx, edits.map(rowKey))
  const change = editRows({ meta, rows }, edits, { nowMs, group: id, correctionMs })
  await applied.put(nowMs, id)
  return change.outbox.length === 0 ? undefined : change
}

/** Forgets the oldest gestures that are applied, but none that is still in the journal. */
export async function forgetGestures(tx: Writing, journaled: ReadonlySet<string>): Promise<void> {
  const applied = tx.objectStore('appliedGestures')
  const [ids, times] = await Promise.all([applied.getAllKeys(), applied.getAll()])
  const oldest = ids
    .map((id, index) => ({ id, atMs: times[index] ?? 0 }))
    .toSorted((a, b) => a.atMs - b.atMs)
    .slice(0, -MAX_REMEMBERED)
  await Promise.all(oldest.filter(({ id }) => !journaled.has(id)).map(({ id }) => applied.delete(id)))
}
