import 'fake-indexeddb/auto'
import { randomUUID } from 'node:crypto'
import type { SyncRequest } from '@goalixa/core/sync/sync.schema'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createServerModel } from '../testing/create-server-model.ts'
import { openStore, type Store } from './open-store.ts'
import { createSyncer, type SyncResult, type SyncState, TOO_LARGE } from './syncer.ts'

const YEAR_MS = 365 * 86_400_000

describe('the syncer', () => {
  let store: Store
  let clockMs = 1_800_000_000_000
  const model = () => createServerModel({ now: () => 1_800_000_000_000, pageSize: 5 })

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    clockMs = 1_800_000_000_000
    const channel = new BroadcastChannel(randomUUID()) as never
    store = await openStore({
      userId: randomUUID(),
      now: () => clockMs,
      steadyNow: () => 0,
      newId: randomUUID,
      channel,
    })
  })
  afterEach(() => {
    store.close()
    vi.useRealTimers()
  })

  it('sends a long outbox in order and pulls page by page', async () => {
    const server = model()
    await store.edit(Array.from({ length: 1_200 }, (_, index) => task(index)))
    const sizes: number[] = []
    const syncer = start(request => {
      sizes.push(request.ops.length)
      return { kind: 'ok', response: server.sync(request) }
    })
    await syncer.syncNow()
    expect(sizes.slice(0, 3)).toEqual([500, 500, 200])
    expect(server.log).toHaveLength(1_200)
    expect(syncer.state()).toBe('idle')
    expect(store.outbox()).toEqual([])
  })

  it('backs off after each failure, then sends everything once the server is back', async () => {
    const server = model()
    let isDown = true
    const calls: number[] = []
    await store.edit([task(1)])
    const syncer = start(request => {
      calls.push(calls.length)
      return isDown ? { kind: 'unavailable' } : { kind: 'ok', response: server.sync(request) }
    })
    await syncer.syncNow()
    expect(syncer.state()).toBe('offline')
    await elapse(999)
    expect(calls).toHaveLength(1)
    await elapse(1)
    await elapse(1_999)
    expect(calls).toHaveLength(2)
    isDown = false
    await elapse(1)
    expect(calls).toHaveLength(3)
    expect(server.log).toHaveLength(1)
    expect(syncer.state()).toBe('idle')
  })

  it('sends less at once while the network is too slow for more, and in the end everything', async () => {
    const server = model()
    await store.edit(Array.from({ length: 100 }, (_, index) => task(index)))
    const syncer = start(request =>
      request.ops.length > 10 ? { kind: 'unavailable' } : { kind: 'ok', response: server.sync(request) },
    )
    for (let wakings = 0; store.outbox().length > 0 && wakings < 50; wakings++) await syncer.wake()
    expect(server.log.map(({ op }) => op.value)).toEqual(
      Array.from({ length: 100 }, (_, index) => `Task ${index}`),
    )
  })

  it('retries at once when it is woken', async () => {
    const server = model()
    let isDown = true
    await store.edit([task(1)])
    const syncer = start(request =>
      isDown ? { kind: 'unavailable' } : { kind: 'ok', response: server.sync(request) },
    )
    await syncer.syncNow()
    isDown = false
    await syncer.wake()
    expect(server.log).toHaveLength(1)
  })

  it('stops and keeps the outbox when the session has ended', async () => {
    await store.edit([task(1)])
    const states: SyncState[] = []
    const syncer = start(() => ({ kind: 'signed-out' }), states)
    await syncer.syncNow()
    await elapse(600_000)
    expect(states).toEqual(['syncing', 'signed-out'])
    expect(store.outbox()).toHaveLength(1)
  })

  it('recovers from a clock that is a year ahead', async () => {
    const server = model()
    clockMs += YEAR_MS
    await store.edit([task(1), task(2)])
    const syncer = start(request => ({ kind: 'ok', response: server.sync(request) }))
    await syncer.syncNow()
    expect(server.log).toHaveLength(2)
    expect(syncer.state()).toBe('idle')
  })

  it('backs off when the server keeps reporting an error', async () => {
    let calls = 0
    await store.edit([task(1)])
    const syncer = start(request => {
      calls += 1
      const error = { kind: 'gap' as const, expected: 9 }
      return { kind: 'ok', response: { ...model().sync({ ...request, ops: [] }), error } }
    })
    await syncer.syncNow()
    expect(calls).toBe(5)
    expect(syncer.state()).toBe('offline')
  })

  it('drains 240 edits of 20,000 characters in any script, each request far below the limit of a proxy', async () => {
    const server = model()
    const scripts = ['ن', '🌱', '\ud800', '\u0001', 'a']
    for (let index = 0; index < 240; index++) {
      const script = scripts[index % scripts.length] ?? ''
      const note = script.repeat(20_000 / script.length - 4) + String(index).padStart(4, '0')
      await store.edit([{ ...task(1), fields: { note } }])
    }
    await store.edit([task(2)])
    let largest = 0
    const syncer = start(request => {
      const bytes = Buffer.byteLength(JSON.stringify(request))
      largest = Math.max(largest, bytes)
      return bytes > 1_000_000 ? TOO_LARGE : { kind: 'ok', response: server.sync(request) }
    })
    await syncer.syncNow()
    expect(server.log).toHaveLength(241)
    expect(store.outbox()).toEqual([])
    expect(store.attention()).toEqual([])
    expect(largest).toBeLessThan(300_000)
  })

  it('takes the ops that the server refuses out of the queue, and sends everything else exactly once', async () => {
    const server = model()
    await store.edit(Array.from({ length: 700 }, (_, index) => task(index)))
    await store.edit([{ ...task(300), fields: { name: 'poison 1' } }])
    await store.edit([{ ...task(300), fields: { name: 'poison 2' } }])
    await store.edit(Array.from({ length: 300 }, (_, index) => task(700 + index)))
    await store.edit([{ ...task(301), fields: { name: 'poison 3' } }])
    let requests = 0
    const syncer = start(request => {
      requests += 1
      const isPoisoned = request.ops.some(({ value }) => String(value).startsWith('poison'))
      return isPoisoned
        ? { kind: 'unprocessable', code: 'INVALID_INPUT', reason: 'The value is poison.' }
        : { kind: 'ok', response: server.sync(request) }
    })
    await syncer.syncNow()
    expect(syncer.state()).toBe('idle')
    expect(store.outbox()).toEqual([])
    expect(store.attention().map(({ op, code, reason }) => [op.value, code, reason])).toEqual(
      ['poison 1', 'poison 2', 'poison 3'].map(value => [value, 'INVALID_INPUT', 'The value is poison.']),
    )
    const names = server.log.map(({ op }) => op.value)
    expect(names.toSorted()).toEqual(Array.from({ length: 1_000 }, (_, index) => `Task ${index}`).toSorted())
    const shown = (index: number) => store.rows().get(`tasks/${task(index).id}`)?.fields.name?.value
    expect([shown(300), shown(301)]).toEqual(['Task 300', 'Task 301'])
    expect(server.conflicts).toEqual([])
    expect(requests).toBeLessThan(250)
  })

  it('takes out any number of ops in a row without a pause', async () => {
    const server = model()
    await store.edit(
      Array.from({ length: 30 }, (_, index) => ({ ...task(index), fields: { name: `poison ${index}` } })),
    )
    await store.edit([task(30)])
    const syncer = start(request =>
      request.ops.some(({ value }) => String(value).startsWith('poison'))
        ? { kind: 'unprocessable', code: 'INVALID_INPUT', reason: 'poison' }
        : { kind: 'ok', response: server.sync(request) },
    )
    await syncer.syncNow()
    expect([syncer.state(), store.attention().length]).toEqual(['idle', 30])
    expect(server.log.map(({ op }) => op.value)).toEqual(['Task 30'])
  })

  it('takes out an op that alone is too large for the server', async () => {
    const server = model()
    await store.edit([{ ...task(1), fields: { note: 'x'.repeat(2_000_000) } }, task(2)])
    const syncer = start(request =>
      JSON.stringify(request).length > 1_000_000 ? TOO_LARGE : { kind: 'ok', response: server.sync(request) },
    )
    await syncer.syncNow()
    expect(store.attention()).toMatchObject([{ code: 'TOO_LARGE', op: { field: 'note' } }])
    expect(server.log.map(({ op }) => op.value)).toEqual(['Task 2'])
  })

  it('takes out an op so large that the server closes the connection instead of answering', async () => {
    const server = model()
    await store.edit([{ ...task(1), fields: { note: 'x'.repeat(20_000_000) } }, task(2)])
    const syncer = start(request =>
      JSON.stringify(request).length > 8_000_000
        ? { kind: 'unavailable' }
        : { kind: 'ok', response: server.sync(request) },
    )
    await syncer.syncNow()
    expect(store.attention()).toMatchObject([{ code: 'TOO_LARGE', op: { field: 'note' } }])
    expect(server.log.map(({ op }) => op.value)).toEqual(['Task 2'])
  })

  it.each<[string, SyncResult]>([
    ['a proxy forbids it', { kind: 'rejected', reason: 'Forbidden' }],
    [
      'the server takes no request of this version',
      { kind: 'unprocessable', code: 'INVALID_INPUT', reason: 'schema' },
    ],
    [
      'every request is too large for a proxy',
      { kind: 'unprocessable', code: 'TOO_LARGE', reason: 'too large' },
    ],
    ['the server fails behind the refusal', { kind: 'unavailable' }],
  ])('keeps everything in the queue if %s, and sends it once that is over', async (_reason, refusal) => {
    const server = model()
    let isRefused = true
    await store.edit(Array.from({ length: 40 }, (_, index) => task(index)))
    const syncer = start(request => (isRefused ? refusal : { kind: 'ok', response: server.sync(request) }))
    await syncer.syncNow()
    await elapse(600_000)
    expect(store.outbox()).toHaveLength(40)
    expect(store.attention()).toEqual([])
    isRefused = false
    await syncer.wake()
    expect(server.log).toHaveLength(40)
    expect(store.attention()).toEqual([])
  })

  it('backs off when the server accepts nothing', async () => {
    let calls = 0
    await store.edit([task(1)])
    const syncer = start(request => {
      calls += 1
      return { kind: 'ok', response: model().sync({ ...request, ops: [] }) }
    })
    await syncer.syncNow()
    expect(calls).toBe(5)
    expect(store.outbox()).toHaveLength(1)
  })

  function start(answer: (request: SyncRequest) => SyncResult, states: SyncState[] = []) {
    return createSyncer({
      store,
      send: async request => structuredClone(answer(structuredClone(request))),
      exclusively: run => run(new AbortController().signal),
      random: () => 1,
      onState: state => void states.push(state),
    })
  }
})

// IndexedDB runs in real time, timers in fake time.
async function elapse(ms: number) {
  await vi.advanceTimersByTimeAsync(ms)
  await new Promise(resolve => setImmediate(resolve))
  for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
}

function task(index: number) {
  const id = `019a0000-0000-7000-8000-${String(index).padStart(12, '0')}`
  return { entity: 'tasks' as const, id, fields: { name: `Task ${index}` } }
}
