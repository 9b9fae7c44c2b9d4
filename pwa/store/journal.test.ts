import 'fake-indexeddb/auto'
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Edit } from '../sync/edit-rows.ts'
import { createServerModel } from '../testing/create-server-model.ts'
import { createTextStorage } from '../testing/create-text-storage.ts'
import { deleteDatabase, deleteDatabaseIfSynced } from './database.ts'
import { openStore, type Store } from './open-store.ts'
import { clearUserStorage, hasUnfinishedWork } from './user-storage.ts'

const NOW = 1_800_000_000_000

let storage: ReturnType<typeof createTextStorage>
let userId: string
beforeEach(() => {
  storage = createTextStorage()
  userId = randomUUID()
})

describe('a gesture', () => {
  it('is on the disk before `edit` returns, and leaves the journal once it is in the database', async () => {
    const store = await open()
    const stored = store.edit([task(1, 'Buy milk')])
    expect([...storage.items.values()].join()).toContain('Buy milk')
    await stored
    expect(storage.items.size).toBe(0)
    expect(names(store)).toEqual(['Buy milk'])
    store.close()
  })

  it('that never reached the database is there at the next opening, with the time of the gesture', async () => {
    const left = journalOf(
      await pageThatGoesAway([[task(1, 'First')], [task(2, 'Second'), task(3, 'Third')]]),
    )
    expect(left).toHaveLength(2)
    const store = await open(NOW + 86_400_000)
    expect(names(store)).toEqual(['First', 'Second', 'Third'])
    expect(store.outbox().map(({ value, stamp }) => [value, stamp.ms])).toEqual([
      ['First', NOW],
      ['Second', NOW],
      ['Third', NOW],
    ])
    expect(storage.items.size).toBe(0)
    store.close()
  })

  it('that never reached the database has its time corrected with the clock', async () => {
    const started_at = new Date(NOW).toISOString()
    const entry = { entity: 'time_entries', id: randomUUID(), fields: { started_at } } as const
    await pageThatGoesAway([[{ ...entry, readings: ['started_at'] }]])
    const store = await open(NOW + 86_400_000)
    const request = await store.nextRequest()
    const server = createServerModel({ now: () => NOW + 60_000 })
    await store.receive(server.sync(structuredClone(request)), request)
    // The clock was never confirmed: it is a day ahead, and was so before.
    expect(store.outbox()).toMatchObject([{ value: new Date(NOW + 60_000 - 86_400_000).toISOString() }])
    store.close()
  })

  it('that did reach the database is not made twice, however often it is found in the journal', async () => {
    const store = await open()
    await store.edit([task(1, 'First')])
    await store.edit([task(1, 'Second')])
    store.close()
    const left = await pageThatGoesAway([[task(1, 'First')]])
    for (let opening = 0; opening < 3; opening++) {
      const again = await open()
      expect(names(again)).toEqual(['First'])
      expect(again.outbox()).toHaveLength(3)
      again.close()
      // As if the page had gone away between the transaction and this.
      for (const [key, text] of left) storage.items.set(key, text)
    }
  })

  it('of a tab that is still open is made once, whichever tab stores it', async () => {
    const first = await open()
    const stored = first.edit([task(1, 'Of the first tab')])
    const second = await open()
    await stored
    const names1 = await eventually(() => names(first), ['Of the first tab'])
    expect(names1).toEqual(['Of the first tab'])
    expect(names(second)).toEqual(['Of the first tab'])
    expect(second.outbox()).toHaveLength(1)
    first.close()
    second.close()
  })

  it.each([
    ['in the journal, before the database has begun', false, ['shown', 'begun', 'shown', 'stored']],
    ['not in the journal, which is full, once it is stored', true, ['begun', 'stored', 'shown']],
  ])('is shown, if it is %s', async (_name, isFull, order) => {
    const store = await open()
    await new Promise(resolve => setTimeout(resolve, 20))
    const { transaction } = IDBDatabase.prototype
    const events: string[] = []
    IDBDatabase.prototype.transaction = function (...parameters) {
      events.push('begun')
      const tx = transaction.apply(this, parameters)
      tx.addEventListener('complete', () => events.push('stored'))
      return tx
    }
    store.subscribe(() => events.push('shown'))
    storage.isFull = isFull
    await store.edit([task(1, 'Buy milk')])
    IDBDatabase.prototype.transaction = transaction
    expect(events).toEqual(order)
    store.close()
  })
})

it('a gesture that no database can hold needs attention, and blocks no other', async () => {
  const left = { nowMs: NOW, correctionMs: 1, edits: [{ ...task(1, 'not a time'), readings: ['name'] }] }
  storage.items.set(`goalixa.journal:${userId}:bad`, JSON.stringify(left))
  await pageThatGoesAway([[task(2, 'Good')]])
  const store = await open()
  expect(store.attention()).toMatchObject([{ code: 'NOT_STORED', op: { entity: 'unknown' } }])
  expect(store.attention()[0]?.op.value).toContain('not a time')
  expect(names(store)).toEqual(['Good'])
  expect(store.countWaiting()).toBe(0)
  store.close()
})

describe('a text in the journal that is no gesture', () => {
  it.each([
    ['not JSON', '{"edits":[{"ent'],
    ['null', 'null'],
    ['no edits', '{"nowMs":1}'],
    ['an unknown entity', `{"nowMs":1,"edits":[{"entity":"unicorns","id":"1","fields":{}}]}`],
    ['no fields', `{"nowMs":1,"edits":[{"entity":"tasks","id":"1","fields":null}]}`],
    ['a time that no date can hold', `{"nowMs":1e300,"correctionMs":0,"edits":[]}`],
    ['no time', `{"nowMs":"noon","edits":[{"entity":"tasks","id":"1","fields":{"name":"x"}}]}`],
  ])('needs attention and stops nothing: %s', async (_name, text) => {
    await pageThatGoesAway([[task(1, 'Good')]])
    storage.items.set(`goalixa.journal:${userId}:broken`, text)
    const store = await open()
    expect(names(store)).toEqual(['Good'])
    expect(store.attention()).toMatchObject([{ code: 'NOT_STORED', op: { entity: 'unknown', value: text } }])
    store.close()
    // As if the page had gone away between the transaction and the removal.
    storage.items.set(`goalixa.journal:${userId}:broken`, text)
    const again = await open()
    expect(again.attention()).toHaveLength(1)
    expect(storage.items.size).toBe(0)
    again.close()
  })
})

it('another user neither sees nor makes the gestures, and they go when the user is removed', async () => {
  await pageThatGoesAway([[task(1, 'Private')]])
  const owner = userId
  userId = randomUUID()
  const other = await open()
  expect(names(other)).toEqual([])
  other.close()
  expect(hasUnfinishedWork(storage, owner)).toBe(true)
  clearUserStorage(storage, owner)
  await deleteDatabase(owner)
  expect(storage.items.size).toBe(0)
  userId = owner
  const again = await open()
  expect(names(again)).toEqual([])
  again.close()
})

it('what needs attention keeps the data of a user who has not signed out, until it is dismissed', async () => {
  storage.items.set(`goalixa.journal:${userId}:broken`, 'not JSON')
  const store = await open()
  const [item] = store.attention()
  store.close()
  expect(await deleteDatabaseIfSynced(userId)).toBe(false)
  const again = await open()
  await again.dismiss(item?.key ?? '')
  again.close()
  expect(await deleteDatabaseIfSynced(userId)).toBe(true)
})

it('no gesture is lost or made twice, wherever pages go away and whatever they leave behind', async () => {
  const step = fc.record({
    row: fc.nat(3),
    value: fc.nat(3),
    goes: fc.constantFrom('stays', 'before', 'after'),
  })
  const property = fc.asyncProperty(fc.array(step, { maxLength: 20 }), async steps => {
    storage = createTextStorage()
    userId = randomUUID()
    let store = await open()
    const made: string[] = []
    for (const { row, value, goes } of steps) {
      const isNew = store.rows().get(`tasks/${idOf(row)}`)?.fields.name?.value !== `${value}`
      if (isNew) made.push(`${row}:${value}`)
      if (goes === 'before') {
        store.close()
        await pageThatGoesAway([[task(row, `${value}`)]])
        store = await open()
        continue
      }
      const stored = store.edit([task(row, `${value}`)])
      const left = new Map(storage.items)
      await stored
      if (goes === 'stays') continue
      store.close()
      for (const [key, text] of left) storage.items.set(key, text)
      store = await open()
    }
    expect(store.outbox().map(({ id, value }) => `${Number(id.at(-1))}:${value}`)).toEqual(made)
    expect(storage.items.size).toBe(0)
    store.close()
  })
  await fc.assert(property, { numRuns: 40 })
})

function open(nowMs = NOW, hasStorage = true): Promise<Store> {
  const channel = new BroadcastChannel(userId) as never
  return openStore({
    ...{ userId, now: () => nowMs, steadyNow: () => 0, newId: randomUUID, channel },
    storage: hasStorage ? storage : undefined,
  })
}

// Leaves what a page leaves that wrote the journal and was gone before the database had begun: a page cannot be killed here.
async function pageThatGoesAway(gestures: Edit[][]): Promise<Map<string, string>> {
  const elsewhere = userId
  const journal = createTextStorage()
  const channel = new BroadcastChannel(randomUUID()) as never
  userId = randomUUID()
  const ghost = await openStore({
    ...{ userId, now: () => NOW, steadyNow: () => 0, newId: randomUUID, channel },
    storage: journal,
  })
  const stored = gestures.map(edits => ghost.edit(edits))
  const left = new Map([...journal.items].map(([key, text]) => [key.replace(userId, elsewhere), text]))
  userId = elsewhere
  for (const [key, text] of left) storage.items.set(key, text)
  await Promise.all(stored)
  ghost.close()
  return left
}

function journalOf(left: Map<string, string>): string[] {
  return [...left.keys()].filter(key => key.startsWith(`goalixa.journal:${userId}:`))
}

function task(row: number, name: string) {
  return { entity: 'tasks' as const, id: idOf(row), fields: { name } }
}

function idOf(row: number): string {
  return `019a0000-0000-7000-8000-00000000000${row}`
}

function names(store: Store): unknown[] {
  return [...store.rows().values()].map(({ fields }) => fields.name?.value).toSorted()
}

async function eventually<T>(read: () => T, wanted: T): Promise<T> {
  for (let turn = 0; turn < 200 && JSON.stringify(read()) !== JSON.stringify(wanted); turn++)
    await new Promise(resolve => setTimeout(resolve, 5))
  return read()
}
