import 'fake-indexeddb/auto'
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClockSample } from '../sync/wall-clock.ts'
import { createServerModel } from '../testing/create-server-model.ts'
import { deleteDatabase, emptyDatabase } from './database.ts'
import { openStore, type Store } from './open-store.ts'

const NOW = 1_800_000_000_000

describe('a store', () => {
  it('restores the row and its unsynced op after the tab was killed', async () => {
    const userId = randomUUID()
    const before = await open(userId)
    await before.edit([task(1, { name: 'Write' })])
    before.close()
    const after = await open(userId)
    expect(read(after, 1, 'name')).toBe('Write')
    expect(after.outbox()).toMatchObject([{ seq: 1, field: 'name', value: 'Write', base: null }])
    after.close()
  })

  it('writes row and op atomically', async () => {
    const store = await open(randomUUID())
    const unstorable = { entity: 'tasks' as const, id: taskId(1), fields: { name: (() => {}) as never } }
    await expect(store.edit([task(2, { name: 'Fine' }), unstorable])).rejects.toThrow()
    expect(store.rows().size).toBe(0)
    expect(store.outbox()).toEqual([])
    await store.edit([task(3, { name: 'Next' })])
    expect(store.outbox()).toMatchObject([{ seq: 1, value: 'Next' }])
    store.close()
  })

  it('creates no op for an edit that changes nothing', async () => {
    const store = await open(randomUUID())
    await store.edit([task(1, { name: 'Write' })])
    await store.edit([task(1, { name: 'Write' })])
    expect(store.outbox()).toHaveLength(1)
    store.close()
  })

  it('keeps a rejected op with its reason until it is dismissed, even across a restart', async () => {
    const userId = randomUUID()
    const store = await open(userId)
    await store.edit([task(1, { name: 'Too long' })])
    const findRejection = () => ({ code: 'TOO_LONG', reason: 'shorter' })
    await sync(store, createServerModel({ now: () => NOW, findRejection }))
    store.close()
    const again = await open(userId)
    expect(again.attention()).toMatchObject([{ reason: 'shorter', op: { value: 'Too long' } }])
    expect(again.outbox()).toEqual([])
    await again.dismiss(again.attention()[0]?.key ?? '')
    expect(again.attention()).toEqual([])
    again.close()
  })

  it('ignores an answer to the client that it was before another tab emptied it', async () => {
    const userId = randomUUID()
    const server = createServerModel({ now: () => NOW })
    const store = await open(userId)
    await store.edit([task(1, { name: 'Before' })])
    const request = await store.nextRequest()
    const late = server.sync(structuredClone(request))
    await emptyDatabase(userId, { newClientId: randomUUID, signal: new AbortController().signal })
    const after = await open(userId)
    await after.edit([task(2, { name: 'After' })])
    expect((await after.nextRequest()).attempt).toBe(request.attempt)
    await store.receive(late, request)
    after.close()
    store.close()
    const again = await open(userId)
    expect(again.outbox()).toMatchObject([{ seq: 1, value: 'After' }])
    expect(read(again, 1, 'name')).toBeUndefined()
    await sync(again, server)
    expect(read(again, 1, 'name')).toBe('Before')
    again.close()
  })

  it('does not draw again for a jump of the clock that a full device cannot store, and notices it later', async () => {
    const time = { wallMs: NOW, steadyMs: 0 }
    const store = await open(randomUUID(), { time })
    await store.edit([task(1, { name: 'Write' })])
    time.wallMs += 3_600_000
    const version = store.version()
    const { put } = IDBObjectStore.prototype
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    }
    await expect(store.watchClock()).rejects.toThrow('quota')
    IDBObjectStore.prototype.put = put
    expect(store.version()).toBe(version)
    expect(await store.watchClock()).toBe(true)
    expect(await store.watchClock()).toBe(false)
    store.close()
  })

  it('syncs from a tab that is open for days while its two clocks drift apart, with right times', async () => {
    for (const drift of [20e-6, -20e-6]) {
      const time = { wallMs: NOW, steadyMs: 0.25 }
      const store = await open(randomUUID(), { time })
      const server = createServerModel({ now: () => time.wallMs })
      await sync(store, server)
      for (let hour = 0; hour < 72; hour++) {
        time.wallMs += 3_600_000
        time.steadyMs += 3_600_000 * (1 + drift)
        await store.watchClock()
      }
      const started_at = new Date(store.now()).toISOString()
      const entry = { entity: 'time_entries', id: taskId(1), fields: { started_at } } as const
      await store.edit([{ ...entry, readings: ['started_at'] }])
      for (let round = 0; round < 2; round++) await sync(store, server)
      expect(store.outbox()).toEqual([])
      const shown = server.rows.get(`time_entries/${taskId(1)}`)?.fields.started_at?.value
      expect(Math.abs(Date.parse(String(shown)) - time.wallMs)).toBeLessThan(10_000)
      store.close()
    }
  })

  it('is notified when another tab removes the user from the device', async () => {
    const userId = randomUUID()
    let isClosing = false
    const store = await open(userId, {
      onClosing() {
        isClosing = true
      },
    })
    await store.edit([task(1, { name: 'Private' })])
    await deleteDatabase(userId)
    expect(isClosing).toBe(true)
    const fresh = await open(userId)
    expect(fresh.rows().size).toBe(0)
    fresh.close()
  })
})

describe('two tabs of one user', () => {
  it('make up once for a clock that is set back, and tell a sleep from nothing', async () => {
    const userId = randomUUID()
    const time = { wallMs: NOW, steadyMs: 0 }
    const tabs = [await open(userId, { time }), await open(userId, { time })] as const
    for (const tab of tabs) await sync(tab, createServerModel({ now: () => time.wallMs }))
    time.wallMs += 5_000 - 3_600_000
    time.steadyMs += 5_000
    for (const tab of tabs) expect(tab.now()).toBe(NOW + 5_000)
    expect(await tabs[0].watchClock()).toBe(true)
    await tabs[1].edit([task(1, { name: 'An edit of the other tab' })])
    time.wallMs += 1_000
    time.steadyMs += 1_000
    for (const tab of tabs) {
      expect(await tab.watchClock()).toBe(false)
      expect(tab.now()).toBe(NOW + 6_000)
    }
    time.wallMs += 60_000
    expect(await tabs[1].watchClock()).toBe(true)
    expect(tabs[1].now()).toBe(NOW + 66_000)
    expect(tabs[1].clockAheadMs()).toBeUndefined()
    for (const tab of tabs) tab.close()
  })

  it('lose no edit and never use a sequence number twice, however they interleave', async () => {
    const step = fc.record({ tab: fc.nat(1), row: fc.nat(3), value: fc.nat(9), syncs: fc.boolean() })
    const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
      const userId = randomUUID()
      const server = createServerModel({ now: () => NOW })
      const tabs = [await open(userId), await open(userId)] as const
      await Promise.all(
        steps.map(async ({ tab, row, value, syncs }) => {
          const store = tabs[tab === 0 ? 0 : 1]
          await store.edit([task(row, { name: `${value}` })])
          if (syncs) await sync(store, server)
        }),
      )
      await sync(tabs[0], server)
      await sync(tabs[0], server)
      const seqs = server.log.map(({ op }) => op.seq)
      expect(seqs).toEqual(seqs.map((_, index) => index + 1))
      for (const row of new Set(steps.map(other => other.row)))
        expect(server.rows.get(`tasks/${taskId(row)}`)?.fields.name?.value).toBe(read(tabs[0], row, 'name'))
      for (const tab of tabs) tab.close()
    })
    await fc.assert(property, { numRuns: 40 })
  })

  it("see each other's edits", async () => {
    const userId = randomUUID()
    const [first, second] = [await open(userId), await open(userId)]
    const seen = new Promise<void>(resolve => second.subscribe(resolve))
    await first.edit([task(1, { name: 'From the first' })])
    await seen
    expect(read(second, 1, 'name')).toBe('From the first')
    expect(second.outbox()).toHaveLength(1)
    first.close()
    second.close()
  })
})

function open(
  userId: string,
  { onClosing, time = { wallMs: NOW, steadyMs: 0 } }: { onClosing?: () => void; time?: ClockSample } = {},
): Promise<Store> {
  const channel = new BroadcastChannel(userId)
  return openStore({
    userId,
    now: () => time.wallMs,
    steadyNow: () => time.steadyMs,
    newId: randomUUID,
    channel: channel as never,
    ...(onClosing ? { onClosing } : {}),
  })
}

async function sync(store: Store, server: ReturnType<typeof createServerModel>) {
  const request = await store.nextRequest()
  await store.receive(server.sync(structuredClone(request)), request)
}

function task(row: number, fields: Record<string, string>) {
  return { entity: 'tasks' as const, id: taskId(row), fields }
}

function taskId(row: number): string {
  return `019a0000-0000-7000-8000-00000000000${row}`
}

function read(store: Store, row: number, field: string) {
  return store.rows().get(`tasks/${taskId(row)}`)?.fields[field]?.value
}
