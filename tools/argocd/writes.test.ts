import { afterEach, describe, expect, it } from 'vitest'
import { createClients } from '../clients.ts'
import { type Asked, createAnsweringServer } from '../testing/answering-server.ts'
import { application, BAD, GOOD } from '../testing/argocd-application.ts'
import { refreshApp } from './refresh-app.ts'
import { rollbackApp } from './rollback-app.ts'
import { setAutoSync } from './set-auto-sync.ts'
import { syncApp } from './sync-app.ts'

const signal = new AbortController().signal
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function argocd(answer: (asked: Asked) => { status?: number; body?: unknown }) {
  const server = await createAnsweringServer(answer)
  open.push(server)
  const clients = createClients({ argocd: { url: server.url, token: 'argo-token' } })
  return { server, clients }
}

describe('writes', () => {
  it('roll back to an entry of the history, without pruning', async () => {
    const { clients, server } = await argocd(() => ({ body: application() }))
    const input = { name: 'core', id: 4, actionId: 'act-2' }
    expect(await rollbackApp.isDone(input, clients, signal)).toBeUndefined()
    expect(await rollbackApp.run(input, clients, signal)).toEqual({ name: 'core', id: 4, revision: GOOD })
    const asked = server.asked.at(-1)
    expect([asked?.method, asked?.path]).toEqual(['POST', '/api/v1/applications/core/rollback'])
    expect(JSON.parse(asked?.body ?? '')).toEqual({ name: 'core', id: 4, prune: false, dryRun: false })
    await expect(rollbackApp.run({ ...input, id: 3 }, clients, signal)).rejects.toMatchObject({
      kind: 'missing',
      code: 'UNKNOWN_HISTORY_ID',
    })
  })

  it.each([
    [
      'is under way',
      { status: { operationState: { phase: 'Running', operation: { sync: { revision: GOOD } } } } },
    ],
    [
      'was deployed again',
      { status: { history: [...application().status.history, { id: 6, revision: GOOD }] } },
    ],
  ])('see that a rollback %s', async (_what, more) => {
    const { clients } = await argocd(() => ({ body: application(more) }))
    const done = await rollbackApp.isDone({ name: 'core', id: 4, actionId: 'act-2' }, clients, signal)
    expect(done).toEqual({ name: 'core', id: 4, revision: GOOD })
  })

  it('do not take a failed attempt, or the first deployment itself, for a rollback', async () => {
    const failed = application({
      status: { operationState: { phase: 'Failed', operation: { sync: { revision: GOOD } } } },
    })
    const first = application({ status: { history: application().status.history.slice(0, 1) } })
    for (const body of [failed, first]) {
      const { clients } = await argocd(() => ({ body }))
      const input = { name: 'core', id: 4, actionId: 'act-2' }
      expect(await rollbackApp.isDone(input, clients, signal)).toBeUndefined()
    }
  })

  it('hand on why Argo CD refuses, as a conflict', async () => {
    const refusal = { error: 'x', code: 9, message: 'rollback cannot be initiated when auto-sync is enabled' }
    const { clients } = await argocd(({ method }) =>
      method === 'POST' ? { status: 400, body: refusal } : { body: application() },
    )
    const failure = rollbackApp.run({ name: 'core', id: 4, actionId: 'act-2' }, clients, signal)
    await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'ARGOCD_PRECONDITION' })
    await expect(failure).rejects.toThrow('auto-sync is enabled')
  })

  it('sync with the mark of their action and find it again', async () => {
    const { clients, server } = await argocd(() => ({ body: application() }))
    const input = { name: 'core', revision: GOOD, actionId: 'act-1' }
    await syncApp.run(input, clients, signal)
    expect(JSON.parse(server.asked.at(-1)?.body ?? '')).toEqual({
      name: 'core',
      revision: GOOD,
      prune: false,
      dryRun: false,
      infos: [{ name: 'syntra.goalixa.com/action', value: 'act-1' }],
    })
    expect(await syncApp.isDone(input, clients, signal)).toEqual({ name: 'core', revision: GOOD })
    expect(await syncApp.isDone({ ...input, actionId: 'act-9' }, clients, signal)).toBeUndefined()
  })

  it('turn auto-sync off and on again, and know when it is done', async () => {
    const mark = { annotations: { 'syntra.goalixa.com/action': 'act-3' } }
    const { clients, server } = await argocd(() => ({
      body: application({ metadata: mark, spec: { syncPolicy: {} } }),
    }))
    const off = { name: 'core', automated: null, actionId: 'act-3' }
    const on = { name: 'core', automated: { prune: true, selfHeal: false }, actionId: 'act-3' }
    await setAutoSync.run(off, clients, signal)
    await setAutoSync.run(on, clients, signal)
    const bodies = server.asked.map(({ body }) => JSON.parse(body))
    expect(bodies.map(({ name, patchType }) => [name, patchType])).toEqual([
      ['core', 'merge'],
      ['core', 'merge'],
    ])
    expect(bodies.map(({ patch }) => JSON.parse(patch))).toEqual([
      { metadata: mark, spec: { syncPolicy: { automated: null } } },
      {
        metadata: mark,
        spec: { syncPolicy: { automated: { prune: true, selfHeal: false, enabled: null } } },
      },
    ])
    expect(await setAutoSync.isDone(off, clients, signal)).toEqual({ name: 'core', automated: null })
    expect(await setAutoSync.isDone(on, clients, signal)).toBeUndefined()
    expect(await setAutoSync.isDone({ ...off, actionId: 'act-4' }, clients, signal)).toBeUndefined()
  })

  it('have Argo CD look at Git now', async () => {
    const { clients, server } = await argocd(() => ({ body: application() }))
    expect(await refreshApp.run({ name: 'core', actionId: 'act-5' }, clients, signal)).toEqual({
      name: 'core',
      revision: BAD,
      syncStatus: 'Synced',
    })
    expect(server.asked[0]?.path).toBe('/api/v1/applications/core?refresh=normal')
  })

  it('are sent once, however unavailable the other side is', async () => {
    const { clients, server } = await argocd(() => ({ status: 503 }))
    const failure = syncApp.run({ name: 'core', actionId: 'act-6' }, clients, signal)
    await expect(failure).rejects.toMatchObject({ kind: 'unavailable' })
    expect(server.asked).toHaveLength(1)
  })
})
