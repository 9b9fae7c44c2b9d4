import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Application } from '../applications/application.ts'
import { configMap } from './manifests.ts'
import { type Argocd, startArgocd } from './start-argocd.ts'

const isSettled = ({ status }: Application) => status.sync.status === 'Synced'

describe('a rollback', () => {
  let argocd: Argocd
  beforeAll(async () => {
    argocd = await startArgocd()
  })
  afterAll(() => argocd.stop())

  // Starts an application with two deployments in its history and auto-sync on.
  async function deployedTwice(base: string, spec: Record<string, unknown> = {}) {
    const name = argocd.nameOf(base)
    const path = `${base}/config.yaml`
    const good = await argocd.push({ [path]: configMap(`${base}-config`, { VERSION: 'good' }) }, 'Good')
    await argocd.createApp(name, base, { syncPolicy: { automated: { prune: true } }, ...spec })
    await argocd.until(name, isSettled)
    const bad = await argocd.push({ [path]: configMap(`${base}-config`, { VERSION: 'bad' }) }, 'Bad')
    await argocd.until(name, ({ status }) => status.history?.length === 2)
    return { name, good, bad, versionOf: () => versionOf(`${base}-config`) }
  }
  async function versionOf(configMapName: string) {
    const path = `/api/v1/namespaces/${argocd.namespace}/configmaps/${configMapName}`
    return (await argocd.cluster.request<{ data: { VERSION: string } }>('GET', path)).data.VERSION
  }
  const patch = (name: string, body: unknown) =>
    argocd.call('PATCH', `/applications/${name}`, { name, patch: JSON.stringify(body), patchType: 'merge' })
  const rollback = (name: string, id: number) =>
    argocd.call('POST', `/applications/${name}/rollback`, { name, id, prune: false })

  it('deploys an entry of the history once auto-sync is off, and is not overwritten until auto-sync is on again', async () => {
    const { name, good, bad, versionOf: version } = await deployedTwice('back')
    const refused = await rollback(name, 0)
    expect(refused.status).toBe(400)
    expect(refused.body).toMatchObject({
      code: 9,
      message: 'rollback cannot be initiated when auto-sync is enabled',
      error: 'rollback cannot be initiated when auto-sync is enabled',
    })

    await patch(name, { spec: { syncPolicy: { automated: { enabled: false } } } })
    const accepted = await rollback(name, 0)
    expect(accepted.status).toBe(200)
    // These fields distinguish a rollback from other operations: it carries no idempotency key.
    const { body: self } = await argocd.call('GET', '/session/userinfo')
    expect(accepted.body).toMatchObject({
      operation: {
        sync: { revision: good, syncStrategy: { apply: {} } },
        initiatedBy: { username: self.username },
      },
    })
    // The history has the entry before the operation has its final phase.
    const isDone = ({ status }: Application) =>
      status.history?.length === 3 && status.operationState?.phase === 'Succeeded'
    const app = await argocd.until(name, isDone)
    expect(app.status.history?.at(-1)).toMatchObject({ id: 2, revision: good })
    expect(app.status.operationState).toMatchObject({ phase: 'Succeeded', syncResult: { revision: good } })
    expect(await version()).toBe('good')
    const after = await argocd.until(name, ({ status }) => status.sync.status === 'OutOfSync')
    expect(after.status.sync.revision).toBe(bad)
    expect(after.spec.syncPolicy?.automated).toMatchObject({ prune: true, enabled: false })

    await patch(name, { spec: { syncPolicy: { automated: { enabled: true } } } })
    await argocd.until(name, isSettled)
    expect(await version()).toBe('bad')
  })

  it('is rejected with the messages of Argo CD if it is not possible', async () => {
    const { name, good } = await deployedTwice('refuse')
    const toOther = await argocd.call('POST', `/applications/${name}/sync`, { name, revision: good })
    expect(toOther).toMatchObject({
      status: 400,
      body: { code: 9, message: `Cannot sync to ${good}: auto-sync currently set to main` },
    })
    await patch(name, { spec: { syncPolicy: { automated: null } } })
    expect(await rollback(name, 99)).toMatchObject({
      status: 400,
      body: { code: 3, message: `application argocd/${name} does not have deployment with id 99` },
    })
    expect(await rollback('no-such-app', 0)).toMatchObject({ status: 403, body: { code: 7 } })
    const patchType = await argocd.call('PATCH', `/applications/${name}`, {
      name,
      patch: '{}',
      patchType: 'strategic',
    })
    expect(patchType).toMatchObject({ status: 400, body: { code: 3 } })
    const project = await argocd.createApp(argocd.nameOf('lost'), 'refuse', { project: 'no-such-project' })
    expect(project.status).not.toBe(200)
    const stranger = await fetch(`${argocd.url}/api/v1/applications`, {
      headers: { authorization: 'Bearer wrong' },
    })
    expect(stranger.status).toBe(401)
  })

  it('waits while a sync window is closed, until it is terminated', async () => {
    const project = argocd.nameOf('window')
    const window = { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] }
    const spec = (syncWindows: unknown[]) => ({
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: '*' }],
      syncWindows,
    })
    await argocd.call('POST', '/projects', { project: { metadata: { name: project }, spec: spec([]) } })
    const { name, good, versionOf: version } = await deployedTwice('closed', { project })
    expect((await argocd.call('GET', `/applications/${name}/syncwindows`)).body).toMatchObject({
      canSync: true,
    })
    await patch(name, { spec: { syncPolicy: { automated: null } } })
    const current = (await argocd.call('GET', `/projects/${project}`)).body as { metadata: object }
    const closed = { project: { metadata: current.metadata, spec: spec([window]) } }
    await argocd.call('PUT', `/projects/${project}`, closed)

    const windows = await argocd.call('GET', `/applications/${name}/syncwindows`)
    expect(windows.body).toMatchObject({
      canSync: false,
      activeWindows: [{ kind: 'deny' }],
      assignedWindows: [{ kind: 'deny' }],
    })
    expect(await argocd.call('POST', `/applications/${name}/sync`, { name })).toMatchObject({
      status: 403,
      body: { code: 7, message: 'cannot sync: blocked by sync window' },
    })
    expect((await rollback(name, 0)).status).toBe(200)
    const hanging = await argocd.until(name, ({ status }) => status.operationState?.message !== undefined)
    expect(hanging.status.operationState).toMatchObject({
      phase: 'Running',
      message: expect.stringContaining('Sync operation blocked by sync window'),
    })
    expect(await rollback(name, 0)).toMatchObject({
      status: 400,
      body: { code: 9, message: expect.stringContaining('another operation is already in progress') },
    })
    expect((await argocd.call('DELETE', `/applications/${name}/operation`)).status).toBe(200)
    // Until 3.2 it ends once the window opens, since 3.3 at once; it deploys nothing in either case.
    const ending = await argocd.until(name, ({ status }) => status.operationState?.phase !== 'Running')
    expect(['Terminating', 'Failed']).toContain(ending.status.operationState?.phase)
    const open = { project: { metadata: current.metadata, spec: spec([]) } }
    await argocd.call('PUT', `/projects/${project}`, open)
    const ended = await argocd.until(name, ({ status }) => status.operationState?.phase === 'Failed')
    expect(ended.status.operationState?.message).toContain('Operation terminated')
    expect((await argocd.call('DELETE', `/applications/${name}/operation`)).status).toBe(400)
    expect(await version()).toBe('bad')
    expect(ended.status.history?.map(({ revision }) => revision)).toContain(good)
  })

  it('exposes the author and the manifests of each revision', async () => {
    const { name, good } = await deployedTwice('told')
    const { body } = await argocd.call('GET', `/applications/${name}/revisions/${good}/metadata`)
    expect(body).toMatchObject({ message: 'Good', author: expect.stringContaining('@') })
    const rendered = await argocd.call('GET', `/applications/${name}/manifests?revision=${good}`)
    expect((rendered.body.manifests as string[]).map(text => JSON.parse(text).data)).toEqual([
      { VERSION: 'good' },
    ])
  })
})
