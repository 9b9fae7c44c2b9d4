import { afterEach, describe, expect, it } from 'vitest'
import { createClients } from '../../create-clients.ts'
import { createAnsweringArgocd, operationState, rollbackOperation } from '../../testing/answering-argocd.ts'
import { createAnsweringServer } from '../../testing/answering-server.ts'
import { application, BAD, GOOD } from '../../testing/argocd-application.ts'
import { createWriteCall } from '../../testing/create-write-call.ts'
import { until } from '../../testing/until.ts'
import { refreshApp } from '../refresh-app.ts'
import { rollbackApp } from '../rollback-app.ts'
import { syncApp } from '../sync-app.ts'
import { terminateOperation } from '../terminate-operation.ts'

const signal = new AbortController().signal
const call = createWriteCall({ signal })
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function argocd(...given: Parameters<typeof createAnsweringArgocd>) {
  const answering = await createAnsweringArgocd(...given)
  open.push(answering)
  return answering
}

const back = { name: 'core', id: 4, actionId: 'act-2' }

describe('writes', () => {
  it('roll back to an entry of the history, without pruning, and wait until it is deployed', async () => {
    const { clients, writes } = await argocd(application(), (_asked, { status }) => {
      Object.assign(status, operationState('Succeeded', rollbackOperation()))
      status.history.push({ id: 6, revision: GOOD, deployedAt: '', initiatedBy: { username: 'syntra' } })
    })
    expect(await rollbackApp.findEffect(back, clients, call)).toBeUndefined()
    const content = expect.any(String)
    expect(await rollbackApp.run(back, clients, call)).toEqual({
      name: 'core',
      id: 4,
      revision: GOOD,
      content,
    })
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
    const asked = { ...application(), operation: rollbackOperation() }
    const running = application({ status: operationState('Running', rollbackOperation()) })
    const failed = application({ status: operationState('Failed', rollbackOperation()) })
    for (const app of [asked, running, failed]) {
      const { clients } = await argocd(app)
      expect(await rollbackApp.findEffect(back, clients, call)).toBeUndefined()
    }
  })

  it('report a failed operation, and do not call it done', async () => {
    const { clients } = await argocd(application(), (_asked, { status }) => {
      Object.assign(
        status,
        operationState('Failed', rollbackOperation(), 'one or more objects failed to apply'),
      )
    })
    const failure = rollbackApp.run(back, clients, call)
    await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'OPERATION_FAILED' })
    await expect(failure).rejects.toThrow('one or more objects failed to apply')
  })

  it('wait for a rollback that an earlier call requested, instead of requesting it again', async () => {
    const { clients, server, writes, state } = await argocd(
      application({ status: operationState('Running', rollbackOperation()) }),
    )
    const result = rollbackApp.run(back, clients, call)
    await until(async () => server.asked.length >= 3)
    Object.assign(state.status, operationState('Succeeded', rollbackOperation()))
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
      Object.assign(status, operationState(phase, rollbackOperation(), message))
    })
    const failure = rollbackApp.run({ ...back, withinSeconds: 1 }, clients, call)
    await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'OPERATION_HUNG' })
    expect(writes().map(({ method, path }) => [method, path])).toEqual([
      ['POST', '/api/v1/applications/core/rollback'],
      ['DELETE', '/api/v1/applications/core/operation'],
    ])
  })

  it.each([
    ['another account', rollbackOperation('jane')],
    ['another revision', { ...rollbackOperation(), sync: { ...rollbackOperation().sync, revision: BAD } }],
    ['a sync', { ...rollbackOperation(), sync: { revision: GOOD } }],
    [
      'a marked operation',
      { ...rollbackOperation(), info: [{ name: 'syntra.goalixa.com/action', value: 'act-9' }] },
    ],
  ])('never end the operation of another: %s', async (_whose, asked) => {
    const { clients, writes } = await argocd(application({ status: operationState('Running', asked) }))
    const input = { name: 'core', rollbackTo: 4, actionId: 'act-2' }
    await expect(terminateOperation.run(input, clients, call)).rejects.toMatchObject({
      code: 'NOT_OUR_OPERATION',
    })
    expect(await terminateOperation.findEffect(input, clients, call)).toBeUndefined()
    expect(writes()).toEqual([])
  })

  it('recognise their own rollback of several sources', async () => {
    const { sync, initiatedBy } = rollbackOperation()
    const revisions = { revision: '', revisions: [GOOD, BAD] }
    const asked = { initiatedBy, sync: { ...sync, ...revisions } }
    const { clients, writes } = await argocd(
      application({ status: { ...operationState('Running', asked), history: [{ id: 4, ...revisions }] } }),
      (_asked, { status }) => {
        Object.assign(status, operationState('Failed', asked))
      },
    )
    const input = { name: 'core', rollbackTo: 4, actionId: 'act-2' }
    expect(await terminateOperation.run(input, clients, call)).toMatchObject({ wasRunning: true })
    expect(writes()).toHaveLength(1)
  })

  it('terminate their own sync, and do nothing when none runs', async () => {
    const marked = {
      sync: {},
      info: [{ name: 'syntra.goalixa.com/action', value: 'act-2' }],
      initiatedBy: { username: 'syntra' },
    }
    const { clients } = await argocd(
      application({ status: operationState('Running', marked) }),
      (_asked, { status }) => {
        Object.assign(status, operationState('Failed', marked))
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
      const { infos, revision } = JSON.parse(body)
      const initiatedBy = { username: 'syntra' }
      Object.assign(status, operationState('Succeeded', { sync: { revision }, info: infos, initiatedBy }))
      Object.assign(status.operationState, { syncResult: { revision } })
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

  it.each([
    ['another account', { initiatedBy: { username: 'mallory' } }],
    ['another revision', { sync: { revision: BAD } }],
    [
      'a part of the application',
      { sync: { revision: GOOD, resources: [{ kind: 'Service', name: 'core' }] } },
    ],
    ['a dry run', { sync: { revision: GOOD, dryRun: true } }],
  ])('do not take the sync of another for theirs, though it carries the id: %s', async (_what, more) => {
    const forged = {
      sync: { revision: GOOD },
      info: [{ name: 'syntra.goalixa.com/action', value: 'act-7' }],
      initiatedBy: { username: 'syntra' },
      ...more,
    }
    const { clients } = await argocd(application({ status: operationState('Succeeded', forged) }))
    const input = { name: 'core', revision: GOOD, actionId: 'act-7' }
    expect(await syncApp.findEffect(input, clients, call)).toBeUndefined()
    expect(await syncApp.isInProgress?.(input, clients, call)).toBe(false)
  })

  it('terminate an operation again that Argo CD has not taken up yet', async () => {
    let refusals = 2
    const refusal = { code: 3, message: 'Unable to terminate operation. No operation is in progress' }
    const { clients, writes } = await argocd(
      { ...application(), operation: rollbackOperation() },
      (_asked, app) => {
        refusals -= 1
        if (refusals >= 0) return { status: 400, body: refusal }
        Object.assign(app, { operation: undefined })
        return Object.assign(app.status, operationState('Failed', rollbackOperation()))
      },
    )
    const input = { name: 'core', rollbackTo: 4, actionId: 'act-2' }
    expect(await terminateOperation.run(input, clients, call)).toEqual({ name: 'core', wasRunning: true })
    expect(writes()).toHaveLength(3)
  })

  it('report why an operation cannot be terminated, and that it may still deploy', async () => {
    const refusal = { code: 7, message: 'permission denied: applications, update, default/core' }
    const running = application({ status: operationState('Running', rollbackOperation()) })
    const { clients, writes } = await argocd(running, () => ({ status: 403, body: refusal }))
    const input = { name: 'core', rollbackTo: 4, actionId: 'act-2' }
    const failure = terminateOperation.run(input, clients, call)
    await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'OPERATION_STUCK' })
    await expect(failure).rejects.toThrow(/permission denied.*may still be running/)
    expect(writes()).toHaveLength(1)
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
