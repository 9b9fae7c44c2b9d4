import type { IDBPTransaction } from 'idb'
import { type Change, rowKey } from '../sync/replica.ts'
import type { Attention, UserDatabase } from './database.ts'

/** The object stores of the database, for a transaction over all of them. */
export const STORES = ['rows', 'outbox', 'meta', 'attention', 'appliedGestures'] as const

export type Writing = IDBPTransaction<UserDatabase, typeof STORES, 'readwrite'>

/** Writes a change within a transaction. Rejects if any part of it cannot be stored; the caller then aborts. */
export async function writeChange(
  tx: Writing,
  change: Change,
  attention: readonly Attention[],
): Promise<void> {
  const [rows, outbox] = [tx.objectStore('rows'), tx.objectStore('outbox')]
  // Each in an async function, so that synchronous and asynchronous failures both reject.
  await Promise.all([
    ...change.droppedRows.map(async key => rows.delete(key)),
    ...change.rows.map(async row => rows.put(row, rowKey(row))),
    ...change.droppedSeqs.map(async seq => outbox.delete(seq)),
    ...change.outbox.map(async op => outbox.put(op)),
    ...attention.map(async item => tx.objectStore('attention').put(item)),
    tx.objectStore('meta').put(change.meta, 'meta'),
  ])
}
