import type { Entity, Op } from '@goalixa/core/sync/sync.schema'
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb'
import { emptyMeta, type LocalRow, type PendingOp, type RejectedOp } from '../sync/replica.ts'
import type { StoredMeta } from './read-meta.ts'

/** A change that needs the person's attention: a rejected op, or a gesture that could not be stored, with the time. */
export type Attention = Omit<RejectedOp, 'op'> & {
  op: Pick<Op, 'field' | 'value'> & { entity: Entity | 'unknown' }
  key: string
  at: string
}

/** One user's data on this device. */
export interface UserDatabase extends DBSchema {
  rows: { key: string; value: LocalRow }
  outbox: { key: number; value: PendingOp }
  meta: { key: 'meta'; value: StoredMeta }
  attention: { key: string; value: Attention }
  /** The gestures of the journal that are stored, by their id, each with the time of the gesture. */
  appliedGestures: { key: string; value: number }
}

export type Connection = IDBPDatabase<UserDatabase>

/** Opens a user's database or creates it. `onClosing` is called when another tab deletes or upgrades it. */
export async function openDatabase(
  userId: string,
  { newClientId, onClosing }: { newClientId: () => string; onClosing: () => void },
): Promise<Connection> {
  const db = await openDB<UserDatabase>(databaseName(userId), 2, {
    upgrade(upgrading, version) {
      upgrading.createObjectStore('appliedGestures')
      if (version > 0) return
      upgrading.createObjectStore('rows')
      upgrading.createObjectStore('outbox', { keyPath: 'seq' })
      upgrading.createObjectStore('attention', { keyPath: 'key' })
      upgrading.createObjectStore('meta').put(emptyMeta(newClientId()), 'meta')
    },
    blocking() {
      db.close()
      onClosing()
    },
    terminated: onClosing,
  })
  return db
}

/** Removes all data of a user from this device. Resolves once other tabs have closed the database and it is gone. */
export async function deleteDatabase(userId: string): Promise<void> {
  await deleteDB(databaseName(userId))
}

/** Removes a user's data from this device, unless it holds changes that are not on the server, rejected ones included. Returns whether it is gone. */
export async function deleteDatabaseIfSynced(userId: string): Promise<boolean> {
  const exists = (await indexedDB.databases()).some(({ name }) => name === databaseName(userId))
  if (!exists) return true
  const db = await openDB<UserDatabase>(databaseName(userId))
  const counts = await Promise.all([db.count('outbox'), db.count('attention')]).finally(() => db.close())
  if (counts.some(count => count > 0)) return false
  await deleteDatabase(userId)
  return true
}

function databaseName(userId: string): string {
  return `goalixa:${userId}`
}
