import type { SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import type { IDBPTransaction } from 'idb'
import { applyChange, type MemoryReplica } from '../sync/apply-change.ts'
import { type Edit, editRows } from '../sync/edit-rows.ts'
import { nextRequest } from '../sync/next-request.ts'
import { needsEveryRow, receiveResponse } from '../sync/receive-response.ts'
import { type Change, emptyMeta, type Meta, type Replica, rowKey } from '../sync/replica.ts'
import { type Attention, openDatabase, type UserDatabase } from './database.ts'

/** Tells other tabs which rows have changed; the rows themselves are read from the database. */
export type TabChannel = Pick<BroadcastChannel, 'postMessage' | 'close'> & {
  onmessage: ((event: MessageEvent<TabNews>) => void) | null
}
export type TabNews = { rowKeys: string[] }

type Options = {
  userId: string
  now: () => number
  newId: () => string
  channel: TabChannel
  /** Another tab removes or upgrades the database: this store can not be used any more. */
  onClosing?: () => void
}

const STORES = ['rows', 'outbox', 'meta', 'attention'] as const
type Writing = IDBPTransaction<UserDatabase, typeof STORES, 'readwrite'>

/**
 * A user's rows in memory, backed by IndexedDB. Each step writes rows, outbox and meta in one strict transaction that
 * reads its starting point inside itself, so tabs can not give out a sequence number twice.
 */
export async function openStore({ userId, now, newId, channel, onClosing = () => {} }: Options) {
  const db = await openDatabase(userId, { newClientId: newId, onClosing })
  const listeners = new Set<() => void>()
  let memory: MemoryReplica = { meta: emptyMeta(''), rows: new Map(), outbox: [] }
  let attention: Attention[] = []
  let version = 0

  await readAll()
  channel.onmessage = ({ data }) => void readAgain(data.rowKeys)

  async function readAll() {
    const tx = db.transaction(STORES)
    const [keys, rows, outbox, meta, rejected] = await Promise.all([
      tx.objectStore('rows').getAllKeys(),
      tx.objectStore('rows').getAll(),
      tx.objectStore('outbox').getAll(),
      tx.objectStore('meta').get('meta'),
      tx.objectStore('attention').getAll(),
    ])
    memory = {
      meta: metaIn(meta),
      outbox,
      rows: new Map(rows.map((row, index) => [keys[index] ?? rowKey(row), row])),
    }
    attention = rejected
    changed()
  }

  async function readAgain(rowKeys: readonly string[]) {
    const tx = db.transaction(STORES)
    const [outbox, meta, rejected, ...rows] = await Promise.all([
      tx.objectStore('outbox').getAll(),
      tx.objectStore('meta').get('meta'),
      tx.objectStore('attention').getAll(),
      ...rowKeys.map(key => tx.objectStore('rows').get(key)),
    ])
    memory = { rows: memory.rows, meta: metaIn(meta), outbox }
    attention = rejected
    for (const [index, key] of rowKeys.entries()) {
      const row = rows[index]
      if (row === undefined) memory.rows.delete(key)
      else memory.rows.set(key, row)
    }
    changed()
  }

  async function step(plan: (tx: Writing) => Promise<Change | undefined>): Promise<Change | undefined> {
    const tx = db.transaction(STORES, 'readwrite', { durability: 'strict' })
    try {
      const change = await plan(tx)
      if (change !== undefined) {
        write(tx, change)
        remember(change)
      }
      await tx.done
      if (change !== undefined) channel.postMessage({ rowKeys: keysOf(change) })
      return change
    } catch (error) {
      abort(tx)
      await tx.done.catch(() => {})
      await readAll()
      throw error
    }
  }

  function write(tx: Writing, change: Change) {
    const [rows, outbox] = [tx.objectStore('rows'), tx.objectStore('outbox')]
    for (const key of change.droppedRows) void rows.delete(key)
    for (const row of change.rows) void rows.put(row, rowKey(row))
    for (const seq of change.droppedSeqs) void outbox.delete(seq)
    for (const op of change.outbox) void outbox.put(op)
    for (const item of attentionOf(change)) void tx.objectStore('attention').put(item)
    void tx.objectStore('meta').put(change.meta, 'meta')
  }

  // Painted before the disk has answered; a transaction that fails is read back.
  function remember(change: Change) {
    memory = applyChange(memory, change)
    attention = [...attention, ...attentionOf(change)]
    changed()
  }

  function attentionOf({ rejected }: Change): Attention[] {
    return rejected.map(item => ({
      ...item,
      key: `${item.op.stamp.clientId}/${item.op.seq}`,
      at: new Date(now()).toISOString(),
    }))
  }

  function changed() {
    version += 1
    for (const listener of listeners) listener()
  }

  return {
    userId,
    rows: () => memory.rows,
    outbox: () => memory.outbox,
    attention: () => attention,
    /** Grows with every change of what the store holds. */
    version: () => version,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** Writes what one gesture did. Resolves once it is safely stored. */
    async edit(edits: readonly Edit[]): Promise<void> {
      await step(async tx => {
        const meta = metaIn(await tx.objectStore('meta').get('meta'))
        const rows = await readRows(tx, edits.map(rowKey))
        const change = editRows({ meta, rows }, edits, { nowMs: now(), group: newId() })
        return change.outbox.length === 0 ? undefined : change
      })
    },
    /** The next request to the server; older answers are void from here on. */
    async nextRequest(limit?: number): Promise<SyncRequest> {
      const made: SyncRequest[] = []
      await step(async tx => {
        const { request, change } = nextRequest(await readReplica(tx, []), limit)
        made.push(request)
        return change
      })
      const [request] = made
      if (request === undefined) throw new Error('No request was made.')
      return request
    },
    /** Takes the server's answer in; an answer to an older attempt changes nothing. */
    async receive(response: SyncResponse): Promise<void> {
      await step(async tx => {
        const keys = needsEveryRow(response) ? 'all' : response.changes.map(rowKey)
        const replica = await readReplica(tx, keys)
        return receiveResponse(replica, response, { nowMs: now(), newClientId: newId })
      })
    },
    /** Forgets one rejected op that the person has dealt with. */
    async dismiss(key: string): Promise<void> {
      await db.delete('attention', key)
      attention = attention.filter(item => item.key !== key)
      channel.postMessage({ rowKeys: [] })
      changed()
    },
    close() {
      channel.onmessage = null
      channel.close()
      db.close()
    },
  }
}
export type Store = Awaited<ReturnType<typeof openStore>>

// A value that can not be stored throws before the transaction knows: without this, half of the step would stay.
function abort(tx: Writing) {
  try {
    tx.abort()
  } catch {
    // It has ended by itself.
  }
}

async function readReplica(tx: Writing, keys: readonly string[] | 'all'): Promise<Replica> {
  const [meta, outbox, rows] = await Promise.all([
    tx.objectStore('meta').get('meta'),
    tx.objectStore('outbox').getAll(),
    keys === 'all' ? readEveryRow(tx) : readRows(tx, keys),
  ])
  return { meta: metaIn(meta), outbox, rows }
}

async function readRows(tx: Writing, keys: readonly string[]): Promise<Replica['rows']> {
  const rows = await Promise.all(keys.map(key => tx.objectStore('rows').get(key)))
  return new Map(rows.flatMap(row => (row === undefined ? [] : [[rowKey(row), row]])))
}

async function readEveryRow(tx: Writing): Promise<Replica['rows']> {
  const rows = await tx.objectStore('rows').getAll()
  return new Map(rows.map(row => [rowKey(row), row]))
}

function keysOf({ rows, droppedRows }: Change): string[] {
  return [...rows.map(rowKey), ...droppedRows]
}

function metaIn(meta: Meta | undefined): Meta {
  if (meta === undefined) throw new Error('The database of this user has no state.')
  return meta
}
