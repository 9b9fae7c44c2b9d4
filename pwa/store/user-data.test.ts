import 'fake-indexeddb/auto'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createTextStorage } from '../testing/create-text-storage.ts'
import { openDatabase } from './database.ts'
import { keepGestures } from './keep-gestures.ts'
import { createUserData } from './user-data.ts'

const { put } = IDBObjectStore.prototype
afterEach(() => {
  IDBObjectStore.prototype.put = put
  vi.useRealTimers()
})

let userId: string
beforeEach(() => {
  userId = randomUUID()
})

// Nobody else holds a lock.
const locks = {
  request: (_name: string, _options: unknown, run: () => unknown) => Promise.resolve(run()),
} as unknown as LockManager
const data = createUserData({ storage: createTextStorage(), locks, newClientId: randomUUID })
const open = (onClosing = () => {}) => openDatabase(userId, { newClientId: randomUUID, onClosing })
const isThere = async () => (await indexedDB.databases()).some(({ name }) => name?.includes(userId))

it('removes the data from a device that is full', async () => {
  const db = await open()
  db.close()
  IDBObjectStore.prototype.put = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  }
  expect(await data.remove(userId)).toBe('removed')
  expect(await isThere()).toBe(false)
})

it('leaves nothing that cannot be opened, if an earlier removal ends while a later one waits for it', async () => {
  const holder = await open()
  const name = holder.name
  holder.close()
  // A page that never closes it by itself.
  const blocker = await new Promise<IDBDatabase>(resolve => {
    const opening = indexedDB.open(name)
    opening.onsuccess = () => resolve(opening.result)
  })
  const deleted = new Promise(resolve => {
    indexedDB.deleteDatabase(name).onsuccess = resolve
  })
  const removal = data.remove(userId)
  await new Promise(resolve => setTimeout(resolve, 100))
  blocker.close()
  await deleted
  expect(await removal).toBe('removed')
  expect(await isThere()).toBe(false)
  const next = await open()
  expect([...next.objectStoreNames]).toContain('rows')
  next.close()
})

it('removes what is not there, and creates nothing', async () => {
  expect(await data.remove(userId)).toBe('removed')
  await data.removeIfSynced(userId)
  expect(await isThere()).toBe(false)
})

it('says that a gesture is not kept if the database answers nothing', async () => {
  vi.useFakeTimers()
  const never = () => new Promise<void>(() => {})
  const waiting = () => [{ id: 'a', edits: [], nowMs: 1, correctionMs: 0, isJournaled: false }]
  const kept = keepGestures({ settled: never, storeWaiting: never, waiting })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await kept).toBe(false)
})
