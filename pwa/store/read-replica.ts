import { type Replica, rowKey } from '../sync/replica.ts'
import { readMeta } from './read-meta.ts'
import type { Writing } from './write-change.ts'

/** Reads the parts of a replica that a step needs, within its transaction. */
export async function readReplica(tx: Writing, keys: readonly string[] | 'all'): Promise<Replica> {
  const [meta, outbox, rows] = await Promise.all([
    tx.objectStore('meta').get('meta'),
    tx.objectStore('outbox').getAll(),
    keys === 'all' ? readEveryRow(tx) : readRows(tx, keys),
  ])
  return { meta: readMeta(meta), outbox, rows }
}

/** Reads the existing rows among the keys. */
export async function readRows(tx: Writing, keys: readonly string[]): Promise<Replica['rows']> {
  const rows = await Promise.all(keys.map(key => tx.objectStore('rows').get(key)))
  return new Map(rows.flatMap(row => (row === undefined ? [] : [[rowKey(row), row]])))
}

async function readEveryRow(tx: Writing): Promise<Replica['rows']> {
  const rows = await tx.objectStore('rows').getAll()
  return new Map(rows.map(row => [rowKey(row), row]))
}
