import 'fake-indexeddb/auto'
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { createServerModel } from '../testing/create-server-model.ts'
import { openStore } from './open-store.ts'
import { createSyncer, type SyncState } from './syncer.ts'

const NOW = 1_800_000_000_000

it('does not say that all is synced if it was interrupted while it stored an answer', async () => {
  const server = createServerModel({ now: () => NOW })
  const store = await openStore({
    userId: randomUUID(),
    now: () => NOW,
    steadyNow: () => 0,
    newId: randomUUID,
    channel: new BroadcastChannel(randomUUID()) as never,
  })
  await store.edit([{ entity: 'tasks', id: '019a0000-0000-7000-8000-000000000001', fields: { name: 'One' } }])
  const interruption = new AbortController()
  const states: SyncState[] = []
  const syncer = createSyncer({
    store: {
      ...store,
      async receive(response, request) {
        await store.receive(response, request)
        interruption.abort()
      },
    },
    send: async request => ({ kind: 'ok', response: server.sync(structuredClone(request)) }),
    exclusively: run => run(interruption.signal),
    random: () => 1,
    onState: state => void states.push(state),
  })
  await syncer.syncNow()
  syncer.stop()
  store.close()
  expect(states).toEqual(['syncing'])
})
