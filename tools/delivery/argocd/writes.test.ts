import { afterEach, describe, expect, it } from 'vitest'
import { createClients } from '../../create-clients.ts'
import { createAnsweringServer, type ReceivedRequest } from '../../testing/answering-server.ts'
import { application, BAD, GOOD } from '../../testing/argocd-application.ts'
import { createWriteCall } from '../../testing/create-write-call.ts'
import { until } from '../../testing/until.ts'
import { refreshApp } from '../refresh-app.ts'
import { rollbackApp } from '../rollback-app.ts'
import { setAutoSync } from '../set-auto-sync.ts'
import { syncApp } from '../sync-app.ts'
import { terminateOperation } from '../terminate-operation.ts'

const signal = new AbortController().signal
const call = createWriteCall({ signal })
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

type Fixture = ReturnType<typeof application>
type Answer = { status?: number; body?: unknown }

/** Argo CD with one application, which `onWrite` may change before the write is answered. */
async function argocd(
  app: object,
  onWrite: (asked: ReceivedRequest, app: Fixture) => unknown = () => undefined,
) {
  const state = structuredClone(app) as Fixture
  const server = await createAnsweringServer(asked => {
    if (asked.path.endsWith('/session/userinfo')) return { body: { loggedIn: true, username: 'syntra' } }
    const answer = asked.method === 'GET' ? undefined : onWrite(asked, state)
    return isAnswer(answer) ? answer : { body: state }
  })
  open.push(server)
  const clients = createClients({ argocd: { url: server.url, token: 'argo-token' } })
  const writes = () => server.asked.filter(({ method }) => method !== 'GET')
  return { server, clients, state, writes }
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'status' in value
}

/** The operation of a rollback to history entry 4, requested by `username`. */
const rollback = (username = 'syntra') => ({
  sync: { revision: GOOD, syncStrategy: { apply: {} } },
  initiatedBy: { username },
})
const operation = (phase: string, asked: object, message = '') => ({
  operationState: { phase, message, operation: asked },
})
const back = { name: 'core', id: 4, actionId: 'act-2' }

describe('writes', () => {
  it('roll back to an entry of the history, without pruning, and wait until it is deployed', async () => {
    const { clients, writes } = await argocd(application(), (_asked, { status }) => {
      Object.assign(status, operation('Succeeded', rollback()))
      status.history.push({ id: 6, revision: GOOD, deployedAt: '', initiatedBy: { username: 'syntra' } })
    })
    expect(await rollbackApp.findEffect(back, clients, call)).toBeUndefined()
    expect(await rollbackApp.run(back, clients, call)).toEqual({ name: 'core', id: 4, revision: GOOD })
    expect(await rollbackApp.findEffect(back, clients, call)).toBeDefined()
    const [asked] = writes()
    expect([asked?.method, asked?.path]).toEqual(['POST', '/api/v1/applications/core/rollback'])
    expect(JSON.parse(asked?.body ?? '')).toEqual({ name: 'core', id: 4, prune: false, dryRun: false })
    await expect(rollbackApp.run({ ...back, id: 3 }, clients, call)).rejects.toMatchObject({
      kind: 'missing',
      code: 'UNKNOWN_HISTORY_ID',
    })
  })

  it('do not mistake a requested, running or failed operation for a rollback', async () => {
    const asked = { ...application(), operation: rollback() }
    const running = application({ status: operation('Running', rollback()) })
    const failed = application({ status: operation('Failed', rollback()) })
    for (const app of [asked, running, failed]) {
      const { clients } = await argocd(app)
      expect(await rollbackApp.findEffect(back, clients, call)).toBeUndefined()
    }
  })

  it('report a failed operation, and do not call it done', async () => {
    const { clients } = await argocd(application(), (_asked, { status }) => {
      Object.assign(status, operation('Failed', rollback(), 'one or more objects failed to apply'))
    })
    const failure = rollbackApp.run(back, clients, call)
    await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'OPERATION_FAILED' })
    await expect(failure).rejects.toThrow('one or more objects failed to apply')
  })

  it('wait for a rollback that an earlier call requested, instead of requesting it again', async () => {
    const { clients, server, writes, state } = await argocd(
      application({ status: operation('Running', rollback()) }),
    )
    const result = rollbackApp.run(back, clients, call)
    await until(async () => server.asked.length >= 3)
    Object.assign(state.status, operation('Succeeded', rollback()))
    expect(await result).toMatchObject({ revision: GOOD })
    expect(writes()).toEqual([])
  })

  it('do not start a rollback that could not be told from another account’s', async () => {
    const server = await createAnsweringServer(({ path }) =>
      path.endsWith('/session/userinfo') ? { body: { loggedIn: false } } : { body: application() },
    )
    open.push(server)
    const clients = createClients({ argocd: { url: server.url, token: 'argo-token' } })
    await expect(rollbackApp.run(back, clients, call)).rejects.toMatchObject({ code: 'ACCOUNT_UNKNOWN' })
    expect(server.asked.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('terminate their own operation when it hangs', async () => {
    const { clients, writes } = await argocd(application(), ({ method }, { status }) => {
      const [phase, message] =
        method === 'DELETE' ? ['Failed', 'Operation terminated'] : ['Running', 'blocked']
      Object.assign(status, operation(phase, rollback(), message))
    })
    const failure = rollbackApp.run({ ...back, withinSeconds: 1 }, clients, call)
    await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'OPERATION_HUNG' })
    expect(writes().map(({ method, path }) => [method, path])).toEqual([
      ['POST', '/api/v1/applications/core/rollback'],
      ['DELETE', '/api/v1/applications/core/operation'],
    ])
  })

  it.each([
    ['another account', rollback('jane')],
    ['another revision', { ...rollback(), sync: { ...rollback().sync, revision: BAD } }],
    ['a sync', { ...rollback(), sync: { revision: GOOD } }],
    ['a marked operation', { ...rollback(), info: [{ name: 'syntra.goalixa.com/action', value: 'act-9' }] }],
  ])('never end the operation of another: %s', async (_whose, asked) => {
    const { clients, writes } = await argocd(application({ status: operation('Running', asked) }))
    const input = { name: 'core', rollbackTo: 4, actionId: 'act-2' }
    await expect(terminateOperation.run(input, clients, call)).rejects.toMatchObject({
      code: 'NOT_OUR_OPERATION',
    })
    expect(await terminateOperation.findEffect(input, clients, call)).toBeUndefined()
    expect(writes()).toEqual([])
  })

  it('recognise their own rollback of several sources', async () => {
    const { sync, initiatedBy } = rollback()
    const asked = { initiatedBy, sync: { ...sync, revision: '', revisions: [GOOD, BAD] } }
    const { clients, writes } = await argocd(
      application({ status: operation('Running', asked) }),
      (_asked, { status }) => {
        Object.assign(status, operation('Failed', asked))
      },
    )
    const input = { name: 'core', rollbackTo: 4, actionId: 'act-2' }
    expect(await terminateOperation.run(input, clients, call)).toMatchObject({ wasRunning: true })
    expect(writes()).toHaveLength(1)
  })

  it('terminate their own sync, and do nothing when none runs', async () => {
    const marked = { sync: {}, info: [{ name: 'syntra.goalixa.com/action', value: 'act-2' }] }
    const { clients } = await argocd(
      application({ status: operation('Running', marked) }),
      (_asked, { status }) => {
        Object.assign(status, operation('Failed', marked))
      },
    )
    const input = { name: 'core', actionId: 'act-2' }
    expect(await terminateOperation.run(input, clients, call)).toEqual({ name: 'core', wasRunning: true })
    expect(await terminateOperation.run(input, clients, call)).toEqual({ name: 'core', wasRunning: false })
    expect(await terminateOperation.findEffect(input, clients, call)).toBeDefined()
  })

  it('report why Argo CD refuses, as a conflict', async () => {
    const refusal = { error: 'x', code: 9, message: 'rollback cannot be initiated when auto-sync is enabled' }
    const { clients } = await argocd(application(), () => ({ status: 400, body: refusal }))
    const failure = rollbackApp.run({ name: 'core', id: 4, actionId: 'act-2' }, clients, call)
    await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'ARGOCD_PRECONDITION' })
    await expect(failure).rejects.toThrow('auto-sync is enabled')
  })

  it('sync with the id of their action, find it again, and do not repeat it', async () => {
    const { clients, writes } = await argocd(application(), ({ body }, { status }) => {
      Object.assign(status, operation('Succeeded', { sync: {}, info: JSON.parse(body).infos }))
    })
    const input = { name: 'core', revision: GOOD, actionId: 'act-7' }
    expect(await syncApp.findEffect(input, clients, call)).toBeUndefined()
    expect(await syncApp.run(input, clients, call)).toEqual({ name: 'core', revision: GOOD })
    expect(JSON.parse(writes()[0]?.body ?? '')).toEqual({
      name: 'core',
      revision: GOOD,
      prune: false,
      dryRun: false,
      infos: [{ name: 'syntra.goalixa.com/action', value: 'act-7' }],
    })
    expect(await syncApp.findEffect(input, clients, call)).toEqual({ name: 'core', revision: GOOD })
    expect(await syncApp.run(input, clients, call)).toEqual({ name: 'core', revision: GOOD })
    expect(writes()).toHaveLength(1)
  })

  it('turn auto-sync off, record the setting, and restore it', async () => {
    const { clients, state } = await argocd(
      application({ spec: { syncPolicy: { automated: { selfHeal: true, allowEmpty: true } } } }),
      ({ body }, app) => merge(app, JSON.parse(JSON.parse(body).patch)),
    )
    const before = { prune: false, selfHeal: true, allowEmpty: true }
    const off = { name: 'core', automated: null, actionId: 'act-3' }
    const done = { name: 'core', automated: null, before, mark: 'act-3' }
    expect(await setAutoSync.findEffect(off, clients, call)).toBeUndefined()
    expect(await setAutoSync.run(off, clients, call)).toEqual(done)
    expect(await setAutoSync.findEffect(off, clients, call)).toEqual(done)
    expect(await setAutoSync.findEffect({ ...off, actionId: 'act-4' }, clients, call)).toBeUndefined()

    const on = { name: 'core', automated: before, leftBy: 'act-3', actionId: 'act-3-later' }
    await setAutoSync.run(on, clients, call)
    expect(state.spec.syncPolicy).toEqual({ automated: before })
    expect(await setAutoSync.findEffect(on, clients, call)).toMatchObject({ mark: 'act-3-later' })
  })

  it('leave auto-sync alone if it was set since', async () => {
    const mark = { name: 'core', annotations: { 'syntra.goalixa.com/action': 'act-3' } }
    const turnedOn = application({ metadata: mark })
    const anotherPause = application({
      metadata: { ...mark, annotations: { 'syntra.goalixa.com/action': 'act-8' } },
      spec: { syncPolicy: {} },
    })
    const on = {
      name: 'core',
      automated: { prune: true, selfHeal: true },
      leftBy: 'act-3',
      actionId: 'act-3-undo',
    }
    for (const app of [turnedOn, anotherPause]) {
      const { clients, writes } = await argocd(app)
      await expect(setAutoSync.run(on, clients, call)).rejects.toMatchObject({ code: 'STATE_CHANGED' })
      expect(writes()).toEqual([])
    }
  })

  it('make Argo CD refresh from Git', async () => {
    const { clients, server } = await argocd(application())
    expect(await refreshApp.run({ name: 'core', actionId: 'act-5' }, clients, call)).toEqual({
      name: 'core',
      revision: BAD,
      syncStatus: 'Synced',
    })
    expect(server.asked[0]?.path).toBe('/api/v1/applications/core?refresh=normal')
  })

  it('are sent once, even if Argo CD is unavailable', async () => {
    const { clients, writes } = await argocd(application(), () => ({ status: 503 }))
    const failure = syncApp.run({ name: 'core', actionId: 'act-6' }, clients, call)
    await expect(failure).rejects.toMatchObject({ kind: 'unavailable' })
    expect(writes()).toHaveLength(1)
  })
})

/** A JSON merge patch (RFC 7396), as Argo CD applies it. */
function merge(target: Record<string, unknown>, patch: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key]
    else if (typeof value !== 'object') target[key] = value
    else {
      target[key] ??= {}
      merge(target[key] as Record<string, unknown>, value as Record<string, unknown>)
    }
  }
}
