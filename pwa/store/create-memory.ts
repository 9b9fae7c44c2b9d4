import { applyChange, type MemoryReplica } from '../sync/apply-change.ts'
import { type Change, emptyMeta, rowKey } from '../sync/replica.ts'
import type { Attention, Connection } from './database.ts'
import { readMeta } from './read-meta.ts'
import { STORES } from './write-change.ts'

/** Creates what a page holds in memory of a user's database: what it draws. */
export function createMemory(db: Connection) {
  const listeners = new Set<() => void>()
  let replica: MemoryReplica = { meta: emptyMeta(''), rows: new Map(), outbox: [] }
  let attention: Attention[] = []
  let version = 0

  function changed() {
    version += 1
    for (const listener of listeners) listener()
  }

  return {
    replica: () => replica,
    attention: () => attention,
    /** Grows with every change. */
    version: () => version,
    /** Says that what the page shows has changed. */
    changed,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** Reads everything from the database. */
    async readAll() {
      const tx = db.transaction(STORES)
      const [keys, rows, outbox, meta, rejected] = await Promise.all([
        tx.objectStore('rows').getAllKeys(),
        tx.objectStore('rows').getAll(),
        tx.objectStore('outbox').getAll(),
        tx.objectStore('meta').get('meta'),
        tx.objectStore('attention').getAll(),
      ])
      replica = {
        meta: readMeta(meta),
        outbox,
        rows: new Map(rows.map((row, index) => [keys[index] ?? rowKey(row), row])),
      }
      attention = rejected
      changed()
    },
    /** Reads everything but the rows from the database, and of the rows only these. */
    async reloadRows(rowKeys: readonly string[]) {
      const tx = db.transaction(STORES)
      const [outbox, meta, rejected, ...rows] = await Promise.all([
        tx.objectStore('outbox').getAll(),
        tx.objectStore('meta').get('meta'),
        tx.objectStore('attention').getAll(),
        ...rowKeys.map(key => tx.objectStore('rows').get(key)),
      ])
      replica = { rows: replica.rows, meta: readMeta(meta), outbox }
      attention = rejected
      for (const [index, key] of rowKeys.entries()) {
        const row = rows[index]
        if (row === undefined) replica.rows.delete(key)
        else replica.rows.set(key, row)
      }
      changed()
    },
    apply(change: Change, rejected: readonly Attention[]) {
      replica = applyChange(replica, change)
      attention = [...attention, ...rejected]
      changed()
    },
    /** Adds items, or replaces those with the same key. */
    addAttention(items: readonly Attention[]) {
      const added = new Set(items.map(({ key }) => key))
      attention = [...attention.filter(({ key }) => !added.has(key)), ...items]
      changed()
    },
    removeAttention(key: string) {
      attention = attention.filter(item => item.key !== key)
      changed()
    },
  }
}
export type Memory = ReturnType<typeof createMemory>
