import 'fake-indexeddb/auto'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTextStorage } from '../testing/create-text-storage.ts'
import { countUnsynced } from './count-unsynced.ts'
import { openStore, type Store } from './open-store.ts'

let storage: ReturnType<typeof createTextStorage>
let userId: string
beforeEach(() => {
  storage = createTextStorage()
  userId = randomUUID()
})

describe('a device whose storage is full', () => {
  const { put } = IDBObjectStore.prototype
  const throwQuota = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  }
  afterEach(() => {
    IDBObjectStore.prototype.put = put
  })

  it('keeps gestures in the journal, starts, and stores them in order once there is space', async () => {
    await (await open()).close()
    IDBObjectStore.prototype.put = throwQuota
    const store = await open()
    await expect(store.edit([task(1, 'First')])).rejects.toThrow('quota')
    await expect(store.edit([task(1, 'Second')])).rejects.toThrow('quota')
    expect(names(store)).toEqual(['Second'])
    expect(store.countWaiting()).toBe(2)
    expect(countUnsynced(store)).toBe(2)
    store.close()
    const full = await open()
    expect(full.countWaiting()).toBe(2)
    expect(names(full)).toEqual(['Second'])
    IDBObjectStore.prototype.put = put
    await full.storeWaiting()
    expect(full.countWaiting()).toBe(0)
    expect(countUnsynced(full)).toBe(2)
    expect(names(full)).toEqual(['Second'])
    expect(full.outbox().map(({ value }) => value)).toEqual(['First', 'Second'])
    full.close()
  })

  it('counts a gesture once, and those of other open pages too', async () => {
    const [here, elsewhere] = [await open(), await open()]
    const stored = here.edit([task(1, 'First')])
    expect(countUnsynced(here)).toBe(1)
    await stored
    expect(countUnsynced(here)).toBe(1)
    IDBObjectStore.prototype.put = throwQuota
    await expect(elsewhere.edit([task(2, 'Second')])).rejects.toThrow('quota')
    expect(names(elsewhere)).toEqual(['First', 'Second'])
    expect(countUnsynced(elsewhere)).toBe(2)
    expect(countUnsynced(here)).toBe(2)
    here.close()
    elsewhere.close()
  })

  it('shows no gesture that would be gone with the page', async () => {
    const store = await open()
    storage.isFull = true
    IDBObjectStore.prototype.put = throwQuota
    await expect(store.edit([task(1, 'First')])).rejects.toThrow('quota')
    expect(names(store)).toEqual([])
    expect(countUnsynced(store)).toBe(1)
    store.close()
  })
})

function open(): Promise<Store> {
  const channel = new BroadcastChannel(userId) as never
  const now = () => 1_800_000_000_000
  return openStore({ userId, now, steadyNow: () => 0, newId: randomUUID, channel, storage })
}

function task(row: number, name: string) {
  return { entity: 'tasks' as const, id: `019a0000-0000-7000-8000-00000000000${row}`, fields: { name } }
}

function names(store: Store): unknown[] {
  return [...store.rows().values()].map(({ fields }) => fields.name?.value).toSorted()
}
