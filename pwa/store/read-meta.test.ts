import 'fake-indexeddb/auto'
import { randomUUID } from 'node:crypto'
import { openDB } from 'idb'
import { expect, test } from 'vitest'
import { emptyMeta } from '../sync/replica.ts'
import { NEW_WALL_CLOCK } from '../sync/wall-clock.ts'
import { createServerModel } from '../testing/create-server-model.ts'
import { openStore } from './open-store.ts'

const NOW = 1_800_000_000_000
const TASK = '019a0000-0000-7000-8000-000000000001'

test('what version 0.1.0 has left on a device is synced, with the correction of its clock', async () => {
  const aheadMs = 86_400_000
  const names = ['First', 'Second'].map((value, index) => ({ value, stamp: stampAt(NOW, index) }))
  const userId = await leaveDatabase({
    version: 1,
    meta: {
      clientId: 'phone',
      nextSeq: 3,
      cursor: 0,
      clock: { ms: NOW, counter: 1 },
      clockCorrectionMs: -aheadMs,
      attempt: 4,
    },
    names,
  })
  const store = await open(userId, () => NOW + aheadMs)
  expect(store.now()).toBe(NOW)
  await store.edit([{ entity: 'tasks', id: TASK, fields: { note: 'Made after the update' } }])
  const server = createServerModel({ now: () => NOW })
  await sync(store, server)
  expect(server.log.map(({ op }) => op.value)).toEqual(['First', 'Second', 'Made after the update'])
  expect(store.outbox()).toEqual([])
  store.close()
})

test('an op of version 0.1.0 that the server may hold already is not changed', async () => {
  const userId = await leaveDatabase({
    version: 1,
    meta: {
      ...emptyMeta('phone'),
      nextSeq: 2,
      sentSeq: undefined,
      hasSentOps: undefined,
      wallClock: undefined,
    },
    names: [{ value: 'First', stamp: stampAt(NOW, 0) }],
  })
  const server = createServerModel({ now: () => NOW })
  const [op] = [pendingName(1, 'First', stampAt(NOW, 0), null)]
  server.sync({ attempt: 1, clientId: 'phone', cursor: 0, ops: [op], schema: 1 })
  // This clock is a day ahead; the answer that shows it may not be the one that acknowledges the op.
  const store = await open(userId, () => NOW + 86_400_000)
  await sync(store, server)
  expect(store.outbox()).toEqual([])
  expect(store.rows().get(`tasks/${TASK}`)?.fields.name?.stamp).toEqual(op.stamp)
  store.close()
})

test('times between two milliseconds, which the server refuses, are made whole', async () => {
  const correctionMs = 3_600_000.4
  const names = ['First', 'Second', 'Third'].map((value, index) => ({
    value,
    stamp: stampAt(index === 0 ? NOW - 60_000 : NOW + 0.4, index),
  }))
  const wallClock = { correctionMs, jumpsMs: 0.4 - 3_600_000, lastMs: NOW + 0.4, isMeasured: true }
  const userId = await leaveDatabase({
    version: 2,
    meta: {
      ...{ ...emptyMeta('phone'), nextSeq: 4, clock: { ms: NOW + 0.4, counter: 2 } },
      wallClock: { ...NEW_WALL_CLOCK, ...wallClock },
    },
    names,
  })
  const store = await open(userId, () => NOW - 3_600_000 + 1_000)
  expect(store.now()).toBe(NOW + 1_000)
  expect(store.outbox()[0]?.stamp).toEqual(names[0]?.stamp)
  await store.edit([{ entity: 'tasks', id: TASK, fields: { name: 'Fourth' } }])
  const server = createServerModel({ now: () => NOW + 1_000 })
  await sync(store, server)
  expect(server.log.map(({ op }) => op.value)).toEqual(['First', 'Second', 'Third', 'Fourth'])
  expect(server.rows.get(`tasks/${TASK}`)?.fields.name?.value).toBe('Fourth')
  expect(store.attention()).toEqual([])
  store.close()
})

test('a clock that is set back between two milliseconds of the steady clock does not stop the sync', async () => {
  const time = { wallMs: NOW, steadyMs: 12.3 }
  const userId = randomUUID()
  const server = createServerModel({ now: () => NOW })
  const store = await open(
    userId,
    () => time.wallMs,
    () => time.steadyMs,
  )
  await sync(store, server)
  time.wallMs -= 7_200_000
  time.steadyMs += 4.9
  await store.edit([{ entity: 'tasks', id: TASK, fields: { name: 'Write' } }])
  await sync(store, server)
  store.close()
  const reloaded = await open(
    userId,
    () => time.wallMs,
    () => 0.7,
  )
  await reloaded.edit([{ entity: 'tasks', id: TASK, fields: { name: 'Read' } }])
  await sync(reloaded, server)
  expect(server.rows.get(`tasks/${TASK}`)?.fields.name?.value).toBe('Read')
  expect(reloaded.outbox()).toEqual([])
  reloaded.close()
})

type Name = { value: string; stamp: ReturnType<typeof stampAt> }

function stampAt(ms: number, counter: number) {
  return { ms, counter, clientId: 'phone' }
}

function pendingName(seq: number, value: string, stamp: Name['stamp'], base: Name['stamp'] | null) {
  return { seq, entity: 'tasks' as const, id: TASK, field: 'name', value, stamp, base, group: `g${seq}` }
}

// As the app of that version wrote it, with one task whose names are not synced yet.
async function leaveDatabase({
  version,
  meta,
  names,
}: {
  version: number
  meta: object
  names: readonly Name[]
}): Promise<string> {
  const userId = randomUUID()
  const db = await openDB(`goalixa:${userId}`, version, {
    upgrade(upgrading) {
      upgrading.createObjectStore('rows')
      upgrading.createObjectStore('outbox', { keyPath: 'seq' })
      upgrading.createObjectStore('attention', { keyPath: 'key' })
      upgrading.createObjectStore('meta').put(JSON.parse(JSON.stringify(meta)), 'meta')
      if (version > 1) upgrading.createObjectStore('appliedGestures')
    },
  })
  for (const [index, { value, stamp }] of names.entries()) {
    const before = names[index - 1]
    const op = pendingName(index + 1, value, stamp, before?.stamp ?? null)
    await db.put('outbox', before === undefined ? op : { ...op, before: before.value })
  }
  await db.put('rows', { entity: 'tasks', id: TASK, fields: { name: names.at(-1) } }, `tasks/${TASK}`)
  db.close()
  return userId
}

function open(userId: string, now: () => number, steadyNow = () => 0) {
  const channel = new BroadcastChannel(userId) as never
  return openStore({ userId, now, steadyNow, newId: randomUUID, channel })
}

async function sync(store: Awaited<ReturnType<typeof open>>, server: ReturnType<typeof createServerModel>) {
  for (let round = 0; round === 0 || (store.outbox().length > 0 && round < 5); round++) {
    const request = await store.nextRequest()
    await store.receive(server.sync(structuredClone(request)), request)
  }
}
