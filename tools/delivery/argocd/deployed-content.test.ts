import { afterEach, describe, expect, it } from 'vitest'
import { createAnsweringArgocd, operationState } from '../../testing/answering-argocd.ts'
import { application, BAD, GOOD } from '../../testing/argocd-application.ts'
import { createWriteCall } from '../../testing/create-write-call.ts'
import { listHistory } from '../list-history.ts'
import { rollbackApp } from '../rollback-app.ts'
import { syncApp } from '../sync-app.ts'

const { signal } = new AbortController()
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

describe('writes, by the content of deployments,', () => {
  it('deploy several sources only without a revision, and report what was deployed', async () => {
    const sources = [
      { repoURL: 'https://git/a', path: 'a' },
      { repoURL: 'https://git/b', ref: 'values' },
    ]
    const { clients, writes } = await argocd(application({ spec: { sources } }), ({ body }, { status }) => {
      const operation = { sync: {}, info: JSON.parse(body).infos, initiatedBy: { username: 'syntra' } }
      Object.assign(status, operationState('Succeeded', operation))
      Object.assign(status.operationState, { syncResult: { revision: '', revisions: [BAD, GOOD] } })
    })
    const input = { name: 'core', actionId: 'act-7' }
    const failure = syncApp.run({ ...input, revision: GOOD }, clients, call)
    await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'SEVERAL_SOURCES' })
    expect(writes()).toEqual([])
    expect(await syncApp.run(input, clients, call)).toEqual({ name: 'core', revision: BAD })
  })

  it('do not take the same commit with other parameters for the rollback', async () => {
    const image = (tag: string) => ({ path: 'production/core', kustomize: { images: [`core:${tag}`] } })
    const entries = [
      { id: 4, revision: GOOD, source: image('1.4.0') },
      { id: 5, revision: GOOD, source: image('1.5.0') },
    ]
    const { clients, state } = await argocd(application({ status: { history: entries } }))
    expect(await rollbackApp.findEffect(back, clients, call)).toBeUndefined()
    Object.assign(state.status, { history: [...entries, { id: 6, revision: GOOD, source: image('1.4.0') }] })
    expect(await rollbackApp.findEffect(back, clients, call)).toBeDefined()
  })

  it('find a rollback whose entry its own deployment has pushed out of the history, by its content', async () => {
    const newest = (username: string, tag = 'a') => [
      { id: 14, revision: GOOD, source: { kustomize: { images: [tag] } }, initiatedBy: { username } },
    ]
    const { clients, state } = await argocd(application({ status: { history: newest('syntra') } }))
    const [entry] = (await listHistory.run({ name: 'core' }, clients, signal)).history
    const approved = { ...back, revision: GOOD, content: entry?.content }
    expect(await rollbackApp.findEffect(approved, clients, call)).toMatchObject({ id: 4 })
    Object.assign(state.status, { history: newest('syntra', 'b') })
    expect(await rollbackApp.findEffect(approved, clients, call)).toBeUndefined()
    Object.assign(state.status, { history: newest('jane') })
    expect(await rollbackApp.findEffect(approved, clients, call)).toBeUndefined()
  })

  it('do not roll back to an entry that is not of the approved commit', async () => {
    const { clients, writes } = await argocd(application())
    for (const other of [{ revision: BAD }, { revision: GOOD, content: 'of other parameters' }])
      await expect(rollbackApp.run({ ...back, ...other }, clients, call)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'STATE_CHANGED',
      })
    expect(writes()).toEqual([])
  })
})
