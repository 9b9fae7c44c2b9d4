import 'fake-indexeddb/auto'
import { randomUUID } from 'node:crypto'
import type { SyncRequest } from '@goalixa/core/sync/sync.schema'
import { expect, it } from 'vitest'
import { createServerModel } from '../testing/create-server-model.ts'
import { openStore } from './open-store.ts'
import { createSyncer, type SyncResult } from './syncer.ts'

const NOW = 1_800_000_000_000
const TASK = '019a0000-0000-7000-8000-000000000001'

it.each([
  ['after', 0, 1],
  ['before', 1, 0],
])(
  'a change is made or listed, not both, if an earlier attempt arrives %s it is taken out',
  async (when, made, listed) => {
    const server = createServerModel({ now: () => NOW })
    const store = await openStore({
      userId: randomUUID(),
      now: () => NOW,
      steadyNow: () => 0,
      newId: randomUUID,
      channel: new BroadcastChannel(randomUUID()) as never,
    })
    await store.edit([{ entity: 'tasks', id: TASK, fields: { name: 'poison' } }])
    const late: SyncRequest[] = []
    const answer = (request: SyncRequest): SyncResult => {
      if (late.length === 0) {
        late.push(structuredClone(request))
        return { kind: 'unavailable' }
      }
      if (request.ops.length === 0) return { kind: 'ok', response: server.sync(request) }
      if (when === 'before') for (const earlier of late) server.sync(earlier)
      return { kind: 'unprocessable', code: 'INVALID_INPUT', reason: 'poison' }
    }
    const syncer = createSyncer({
      store,
      send: async request => answer(request),
      exclusively: run => run(new AbortController().signal),
      random: () => 1,
      onState: () => {},
    })
    await syncer.syncNow()
    await syncer.wake()
    for (const earlier of late) server.sync(earlier)
    expect(store.outbox()).toEqual([])
    expect([server.log.length, store.attention().length]).toEqual([made, listed])
    syncer.stop()
    store.close()
  },
)
