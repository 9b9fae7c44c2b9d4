import type { Edit } from '../sync/edit-rows.ts'
import { createPageClock } from '../sync/page-clock.ts'
import { isFractional, repairStamps } from '../sync/repair-stamps.ts'
import type { LocalRow } from '../sync/replica.ts'
import { applyGesture, forgetGestures } from './apply-gesture.ts'
import { createExchange } from './create-exchange.ts'
import { createMemory } from './create-memory.ts'
import { createStep } from './create-step.ts'
import { type Attention, openDatabase } from './database.ts'
import { createGestureQueue } from './gesture-queue.ts'
import { createJournal } from './journal.ts'
import { overlayGestures } from './overlay-gestures.ts'
import { readMeta } from './read-meta.ts'
import { readReplica } from './read-replica.ts'
import { createUserStorage, type TextStorage } from './user-storage.ts'
import { STORES } from './write-change.ts'

/** Notifies other tabs of changed rows, by key only; they read the rows from the database. */
export type TabChannel = Pick<BroadcastChannel, 'postMessage' | 'close'> & {
  onmessage: ((event: MessageEvent<TabMessage>) => void) | null
}
export type TabMessage = { rowKeys: string[] }

type Options = {
  userId: string
  now: () => number
  /** A clock that nobody can set, in ms. */
  steadyNow: () => number
  newId: () => string
  channel: TabChannel
  /** Keeps gestures until they are in the database, and beyond the page; none if it is undefined. */
  storage?: TextStorage | undefined
  /** Called when another tab removes or upgrades the database: this store is no longer usable. */
  onClosing?: () => void
}

/**
 * Opens a user's rows in memory, backed by IndexedDB. Each step reads its starting point and writes rows, outbox and meta
 * in one strict transaction, so that two tabs never use the same sequence number.
 */
export async function openStore({
  userId,
  now,
  steadyNow,
  newId,
  channel,
  storage,
  onClosing = () => {},
}: Options) {
  let isClosed = false
  const db = await openDatabase(userId, {
    newClientId: newId,
    onClosing() {
      isClosed = true
      onClosing()
    },
  })
  const memory = createMemory(db)
  const clock = createPageClock(() => ({ wallMs: now(), steadyMs: steadyNow() }))
  const wallMs = () => clock.sampleClocks().wallMs
  const step = createStep({
    db,
    memory,
    clock,
    tell: keys => isClosed || channel.postMessage({ rowKeys: keys }),
  })
  const writing = new Set<Promise<unknown>>()
  let isReplaying = true
  const gestures = createGestureQueue({
    journal: storage && createJournal(createUserStorage(storage, 'journal', userId)),
    store: (gesture, isJournaled) =>
      step(
        // What an earlier page has left was made before this page samples the clock for the first time.
        (tx, observe) => applyGesture(tx, gesture, isReplaying ? meta => meta : observe),
        { isShownAtOnce: isJournaled },
      ),
    addAttention,
    onChange: memory.changed,
  })
  let shown: { of: readonly unknown[]; rows: ReadonlyMap<string, LocalRow> } | undefined

  await memory.readAll()
  // Where it cannot be stored, no request can be created either.
  await repair().catch(() => {})
  channel.onmessage = ({ data }) => void memory.reloadRows(data.rowKeys)
  await gestures.replay()
  isReplaying = false
  void forgetApplied().catch(() => {})

  async function repair() {
    if (!memory.replica().outbox.some(isFractional)) return
    await step(async tx => {
      const replica = await readReplica(tx, 'all')
      return repairStamps(replica, clock.now(replica.meta))
    })
  }

  async function addAttention(items: Omit<Attention, 'at'>[]) {
    const added = items.map(item => ({
      ...item,
      at: new Date(clock.now(memory.replica().meta)).toISOString(),
    }))
    const tx = db.transaction('attention', 'readwrite', { durability: 'strict' })
    await Promise.all([...added.map(item => tx.store.put(item)), tx.done])
    memory.addAttention(added)
  }

  async function forgetApplied() {
    const tx = db.transaction(STORES, 'readwrite')
    await Promise.all([forgetGestures(tx, gestures.journaled()), tx.done])
  }

  // Computed again only if something has changed: most pages draw more often than that.
  function shownRows(): ReadonlyMap<string, LocalRow> {
    const { rows, meta } = memory.replica()
    const of = [memory.version(), gestures.waiting()]
    if (shown?.of.every((part, index) => part === of[index]) !== true)
      shown = { of, rows: overlayGestures(rows, meta, gestures.waiting()) }
    return shown.rows
  }

  /** Counts as being written until it is stored or has failed. */
  function track<T>(work: Promise<T>): Promise<T> {
    const settled = work.catch(() => {}).then(() => void writing.delete(settled))
    writing.add(settled)
    return work
  }

  return {
    userId,
    /** The rows that the page shows: those of the database, with the gestures that wait in the journal. */
    rows: shownRows,
    outbox: () => memory.replica().outbox,
    attention: memory.attention,
    /** Returns the time in ms since 1970, right even if the clock of the device is known to be wrong. */
    now: () => clock.now(memory.replica().meta),
    /** By how much the clock of the device is ahead, in ms; undefined unless the server has confirmed it. */
    clockAheadMs(): number | undefined {
      const { isMeasured, correctionMs } = memory.replica().meta.wallClock
      return isMeasured ? -correctionMs : undefined
    },
    /** Grows with every change of the store. */
    version: memory.version,
    subscribe: memory.subscribe,
    /**
     * Writes the edits of one gesture: into the journal at once, so that they outlive the page, then into the database.
     * Resolves once they are stored; if they cannot be stored now, they wait for the next edit or `storeWaiting`.
     */
    async edit(edits: readonly Edit[]): Promise<void> {
      if (isClosed) throw new DOMException('The store is closed.', 'InvalidStateError')
      const correctionMs = clock.correctionMs(memory.replica().meta)
      await track(gestures.add({ id: newId(), edits, nowMs: wallMs(), correctionMs }))
    },
    /** The gestures that could not be stored yet, oldest first. */
    waiting: gestures.waiting,
    countWaiting: () => gestures.waiting().length,
    /** The ids of all gestures on this device that may not be stored yet. An op of a gesture has its id as `group`. */
    unstoredIds: gestures.unstoredIds,
    /** Tries again to store the gestures that could not be stored. */
    async storeWaiting(): Promise<void> {
      await track(gestures.storeAll())
    },
    /** Resolves once each edit so far is in the journal, is stored, or has failed: from then on a reload loses none of them. */
    async settled(): Promise<void> {
      if (gestures.waiting().some(({ isJournaled }) => !isJournaled)) await Promise.all(writing)
    },
    ...createExchange({ step, clock, newId, wallMs }),
    /** Stores a jump of the clock, and returns whether there was one: it was set, or the device was asleep. */
    async watchClock(): Promise<boolean> {
      if (!clock.hasJumped(memory.replica().meta)) return false
      await step(
        async (tx, observe) => {
          const meta = observe(readMeta(await tx.objectStore('meta').get('meta')))
          return { meta, rows: [], droppedRows: [], outbox: [], droppedSeqs: [], rejected: [] }
        },
        { isShownAtOnce: false, isRepeated: true },
      )
      return true
    },
    /** Removes one rejected op that the person has dealt with. */
    async dismiss(key: string): Promise<void> {
      await db.delete('attention', key)
      memory.removeAttention(key)
      channel.postMessage({ rowKeys: [] })
    },
    close() {
      isClosed = true
      channel.onmessage = null
      channel.close()
      db.close()
    },
  }
}
export type Store = Awaited<ReturnType<typeof openStore>>
