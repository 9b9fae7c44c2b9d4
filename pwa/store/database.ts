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
    upgrade(upgrading) {
      upgrading.createObjectStore('appliedGestures')
      if (upgrading.objectStoreNames.contains('rows')) return
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

/**
 * Removes everything from a user's database, whoever has it open, and leaves it as a new one. Does so only if nothing in it
 * is unknown to the server if `isSyncedOnly`. Returns whether it is empty; rejects, and changes nothing, once `signal` aborts.
 */
export async function emptyDatabase(
  userId: string,
  {
    newClientId,
    signal,
    isSyncedOnly = false,
  }: { newClientId: () => string; signal: AbortSignal; isSyncedOnly?: boolean },
): Promise<boolean> {
  const done = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: done.signal })
  })
  const opening = openExisting(userId)
  const emptying = opening.then(async db => {
    if (db === undefined) return true
    signal.throwIfAborted()
    const tx = db.transaction([...db.objectStoreNames], 'readwrite', { durability: 'strict' })
    tx.done.catch(() => {})
    signal.addEventListener('abort', () => tx.abort(), { signal: done.signal })
    const counts = [tx.objectStore('outbox').count(), tx.objectStore('attention').count()]
    const isSynced = (await Promise.all(counts)).every(count => count === 0)
    if (isSyncedOnly && !isSynced) return false
    await Promise.all([...tx.objectStoreNames].map(name => tx.objectStore(name).clear()))
    await tx.objectStore('meta').put(emptyMeta(newClientId()), 'meta')
    return tx.done.then(() => true)
  })
  return Promise.race([emptying, aborted]).finally(() => {
    done.abort()
    opening.then(db => db?.close()).catch(() => {})
  })
}

/** Removes a user's data from this device, unless it holds changes that are not on the server, rejected ones included. Returns whether it is gone. */
export async function deleteDatabaseIfSynced(userId: string): Promise<boolean> {
  const db = await openExisting(userId)
  if (db === undefined) return true
  const counts = await Promise.all([db.count('outbox'), db.count('attention')]).finally(() => db.close())
  if (counts.some(count => count > 0)) return false
  await deleteDatabase(userId)
  return true
}

// Undefined if there is none, even if it has been deleted a moment ago: opening it must not create one without stores.
async function openExisting(userId: string): Promise<Connection | undefined> {
  let isMissing = false
  try {
    return await openDB<UserDatabase>(databaseName(userId), undefined, {
      upgrade(_db, _from, _to, creation) {
        isMissing = true
        creation.done.catch(() => {})
        creation.abort()
      },
    })
  } catch (error) {
    if (isMissing) return undefined
    throw error
  }
}

function databaseName(userId: string): string {
  return `goalixa:${userId}`
}
