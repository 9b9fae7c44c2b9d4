import { afterEach, describe, expect, it } from 'vitest'
import { createAnsweringArgocd, operationState, rollbackOperation } from '../../testing/answering-argocd.ts'
import { application, BAD, GOOD } from '../../testing/argocd-application.ts'
import { createWriteCall } from '../../testing/create-write-call.ts'
import { until } from '../../testing/until.ts'
import { getApp } from '../get-app.ts'
import { rollbackApp } from '../rollback-app.ts'
import { syncApp } from '../sync-app.ts'

const { signal } = new AbortController()
const call = createWriteCall({ signal })
const back = { name: 'core', id: 4, actionId: 'act-2' }
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function argocd(...given: Parameters<typeof createAnsweringArgocd>) {
  const answering = await createAnsweringArgocd(...given)
  open.push(answering)
  return answering
}

const automatic = { sync: { revision: BAD }, initiatedBy: { automated: true } }
const byJane = { sync: { revision: BAD }, initiatedBy: { username: 'jane' } }
const methods = (writes: { method: string; path: string }[]) =>
  writes.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)

/** An application whose automatic sync fails and is being retried. */
const retried = () => {
  const state = operationState('Running', automatic, 'one or more objects failed. Retrying attempt #2')
  return application({
    spec: { syncPolicy: null },
    status: { operationState: { ...state.operationState, retryCount: 2 } },
  })
}

describe('an operation of another', () => {
  it('is waited for before a rollback is requested', async () => {
    const { clients, state, server, writes } = await argocd(
      application({ status: operationState('Running', automatic) }),
      (_asked, { status }) => Object.assign(status, operationState('Succeeded', rollbackOperation())),
    )
    const result = rollbackApp.run(back, clients, call)
    await until(async () => server.asked.length >= 4)
    expect(writes()).toEqual([])
    Object.assign(state.status, operationState('Succeeded', automatic))
    expect(await result).toMatchObject({ revision: GOOD })
    expect(methods(writes())).toEqual(['POST rollback'])
  })

  it('that has started between the read and the request is waited for', async () => {
    const reason = 'another operation is already in progress'
    const message = `error setting app operation: rpc error: code = FailedPrecondition desc = ${reason}`
    let refusals = 1
    const { clients, writes } = await argocd(application(), (_asked, { status }) => {
      refusals -= 1
      if (refusals >= 0) return { status: 400, body: { code: 9, message, error: message } }
      return Object.assign(status, operationState('Succeeded', rollbackOperation()))
    })
    expect(await rollbackApp.run(back, clients, call)).toMatchObject({ revision: GOOD })
    expect(methods(writes())).toEqual(['POST rollback', 'POST rollback'])
  })

  it('that does not end in time is named, and left alone', async () => {
    const { clients, writes } = await argocd(application({ status: operationState('Running', byJane) }))
    const failure = rollbackApp.run({ ...back, withinSeconds: 1 }, clients, call)
    await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'OPERATION_IN_PROGRESS' })
    await expect(failure).rejects.toThrow('(by jane)')
    expect(writes()).toEqual([])
  })

  it('that deploys while it is waited for is not replaced', async () => {
    const { clients, state, server, writes } = await argocd(
      application({ status: operationState('Running', byJane) }),
    )
    const result = rollbackApp.run(back, clients, call)
    // It is observed below, after the application has changed.
    result.catch(() => {})
    await until(async () => server.asked.length >= 4)
    Object.assign(state.status, operationState('Succeeded', byJane))
    state.status.history.push({ id: 6, revision: BAD, deployedAt: '', initiatedBy: { username: 'jane' } })
    await expect(result).rejects.toMatchObject({ kind: 'conflict', code: 'STATE_CHANGED' })
    await expect(result).rejects.toThrow('jane has deployed core')
    expect(writes()).toEqual([])
  })
})

describe('a failed automatic sync that is retried', () => {
  it('is terminated before the operation of Syntra is requested', async () => {
    for (const tool of ['rollback', 'sync']) {
      const { clients, writes } = await argocd(retried(), ({ method, body }, { status }) => {
        const initiatedBy = { username: 'syntra' }
        const asked =
          tool === 'rollback' ? rollbackOperation() : { sync: {}, info: JSON.parse(body).infos, initiatedBy }
        const next = method === 'DELETE' ? ['Failed', automatic] : ['Succeeded', asked]
        Object.assign(status, operationState(String(next[0]), next[1] as object))
      })
      if (tool === 'rollback') await rollbackApp.run(back, clients, call)
      else await syncApp.run({ name: 'core', actionId: 'act-2' }, clients, call)
      expect(methods(writes())).toEqual(['DELETE operation', `POST ${tool}`])
    }
  })

  it('does not count as an operation in progress, and says how often it was retried', async () => {
    const { clients } = await argocd(retried())
    expect(await getApp.run({ name: 'core' }, clients, signal)).toMatchObject({
      isOperating: false,
      operation: { phase: 'Running', retries: 2 },
    })
    const first = application({ status: operationState('Running', automatic) })
    const { clients: others } = await argocd(first)
    expect(await getApp.run({ name: 'core' }, others, signal)).toMatchObject({ isOperating: true })
  })
})
