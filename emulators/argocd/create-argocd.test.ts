import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Application } from './applications/application.ts'
import { configMap } from './conformance/manifests.ts'
import { type Argocd, startArgocd } from './conformance/start-argocd.ts'

const isSynced = ({ status }: Application) => status.sync.status === 'Synced'
const AUTOMATED = { syncPolicy: { automated: { prune: true } } }

// Behaviour that cannot be tested on a real Argo CD from outside: a restart, and an unreachable Git host.
describe('the Argo CD emulator', () => {
  let argocd: Argocd
  beforeEach(async () => {
    argocd = await startArgocd()
  })
  afterEach(() => argocd.stop())

  it('keeps its applications and their history across a restart, and resumes a running operation', async () => {
    await argocd.push({ 'a/config.yaml': configMap('a', { VERSION: '1' }) })
    await argocd.createApp('a', 'a')
    await argocd.call('POST', '/applications/a/sync', {})
    const before = await argocd.until('a', isSynced)
    const window = { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] }
    const project = (syncWindows: object[]) => ({
      project: { metadata: { name: 'default' }, spec: { syncWindows } },
    })
    await argocd.call('PUT', '/projects/default', project([window]))
    await argocd.call('POST', '/applications/a/rollback', { id: 0 })
    await argocd.until('a', ({ status }) => status.operationState?.message !== undefined)

    await argocd.emulation?.restartArgocd()
    const back = await argocd.until('a', ({ status }) => status.operationState?.phase === 'Running')
    expect(back.metadata.uid).toBe(before.metadata.uid)
    expect(back.status.history).toEqual(before.status.history)
    await argocd.call('PUT', '/projects/default', project([]))
    const after = await argocd.until('a', ({ status }) => status.operationState?.phase === 'Succeeded')
    expect(after.status.history?.map(({ id }) => id)).toEqual([0, 1])
  })

  it('reports Unknown while the Git host is unreachable, and keeps the live objects', async () => {
    await argocd.push({ 'a/config.yaml': configMap('a', { VERSION: '1' }) })
    await argocd.createApp('a', 'a', AUTOMATED)
    await argocd.until('a', isSynced)
    await argocd.emulation?.stopGithub()
    const app = await argocd.get('a', 'normal')
    expect(app.status.sync.status).toBe('Unknown')
    expect(app.status.conditions).toMatchObject([
      { type: 'ComparisonError', message: expect.stringContaining('failed to list refs') },
    ])
    await argocd.cluster.request('GET', `/api/v1/namespaces/${argocd.namespace}/configmaps/a`)
  })

  it('rolls back while the Git host is unreachable, since it has the manifests', async () => {
    await argocd.push({ 'a/config.yaml': configMap('a', { VERSION: '1' }) })
    await argocd.createApp('a', 'a')
    await argocd.call('POST', '/applications/a/sync', {})
    await argocd.until('a', ({ status }) => status.history?.length === 1)
    await argocd.emulation?.stopGithub()
    expect((await argocd.get('a', 'normal')).status.sync).toMatchObject({
      status: 'Unknown',
      revision: 'main',
    })
    await argocd.call('POST', '/applications/a/rollback', { id: 0 })
    await argocd.until('a', ({ status }) => status.history?.length === 2)
  })

  it('keeps applications of one name in several namespaces apart', async () => {
    const namespace = 'team-shop'
    await argocd.push({ 'a/config.yaml': configMap('a', {}), 'b/config.yaml': configMap('b', {}) })
    await argocd.createApp('a', 'a')
    const { spec } = await argocd.get('a')
    const other = {
      metadata: { name: 'a', namespace },
      spec: { ...spec, source: { ...spec.source, path: 'b' } },
    }
    expect((await argocd.call('POST', '/applications', other)).status).toBe(200)
    const { body } = await argocd.call('GET', '/applications')
    const items = body.items as Application[]
    expect(items.map(({ metadata }) => metadata.namespace).toSorted()).toEqual(['argocd', namespace])
    await argocd.call('POST', '/applications/a/sync', { appNamespace: namespace })
    await expect
      .poll(async () => (await argocd.call('GET', `/applications/a?appNamespace=${namespace}`)).body)
      .toMatchObject({ status: { sync: { status: 'Synced' } } })
    expect((await argocd.get('a')).status.history).toBeUndefined()
    const path = `/api/v1/namespaces/${argocd.namespace}/configmaps/b`
    const { metadata } = await argocd.cluster.request<Application>('GET', path)
    const id = `team-shop_a:/ConfigMap:${argocd.namespace}/b`
    expect(metadata.annotations?.['argocd.argoproj.io/tracking-id']).toBe(id)
    expect((await argocd.call('GET', '/applications/a?appNamespace=team-toys')).status).toBe(403)
  })

  it('streams the existing applications and each change', async () => {
    await argocd.push({ 'a/config.yaml': configMap('a', { VERSION: '1' }) })
    await argocd.createApp('a', 'a', AUTOMATED)
    await argocd.until('a', isSynced)
    const closing = new AbortController()
    const headers = { authorization: `Bearer ${argocd.token}` }
    const response = await fetch(`${argocd.url}/api/v1/stream/applications?name=a`, {
      headers,
      signal: closing.signal,
    })
    const seen: { type: string; application: Application }[] = []
    await argocd.push({ 'a/config.yaml': configMap('a', { VERSION: '2' }) })
    const decoder = new TextDecoderStream()
    const lines = response.body?.pipeThrough(decoder as ReadableWritablePair<string, Uint8Array>)
    let text = ''
    for await (const chunk of lines ?? []) {
      text += chunk
      const complete = text.split('\n')
      text = complete.pop() ?? ''
      seen.push(...complete.map(line => JSON.parse(line).result))
      if (seen.at(-1)?.application.status.history?.length === 2) break
    }
    closing.abort()
    expect(seen[0]).toMatchObject({ type: 'ADDED', application: { metadata: { name: 'a' } } })
    expect(seen.at(-1)?.type).toBe('MODIFIED')
  })

  it('ends a terminated operation at once although its window is closed, if it emulates 3.3', async () => {
    const later = await startArgocd({ endsBlockedOperations: true })
    try {
      await later.push({ 'a/config.yaml': configMap('a', { VERSION: '1' }) })
      await later.createApp('a', 'a')
      await later.call('POST', '/applications/a/sync', {})
      await later.until('a', isSynced)
      const window = { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] }
      const project = { metadata: { name: 'default' }, spec: { syncWindows: [window] } }
      await later.call('PUT', '/projects/default', { project })
      await later.call('POST', '/applications/a/rollback', { id: 0 })
      await later.until('a', ({ status }) => status.operationState?.message !== undefined)
      await later.call('DELETE', '/applications/a/operation')
      const ended = await later.until('a', ({ status }) => status.operationState?.phase === 'Failed')
      expect(ended.status.history).toHaveLength(1)
    } finally {
      await later.stop()
    }
  })

  it('starts a requested operation only once its controller runs, and refuses to terminate it before', async () => {
    await argocd.push({ 'a/config.yaml': configMap('a', { VERSION: '1' }) })
    await argocd.createApp('a', 'a')
    await argocd.until('a', ({ status }) => status.sync.status === 'OutOfSync')
    await argocd.emulation?.pauseController()
    expect((await argocd.call('POST', '/applications/a/sync', {})).status).toBe(200)
    const refused = await argocd.call('DELETE', '/applications/a/operation')
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 3, message: expect.stringContaining('No operation is in progress') },
    })
    expect((await argocd.get('a')).operation).toBeDefined()
    argocd.emulation?.resumeController()
    await argocd.until('a', isSynced)
  })

  it('masks secrets, and reads their stringData', async () => {
    const secret = (stringData: object) =>
      `apiVersion: v1\nkind: Secret\nmetadata: { name: key }\nstringData: ${JSON.stringify(stringData)}\n`
    await argocd.push({ 'a/secret.yaml': secret({ password: 'hush-hush' }) })
    await argocd.createApp('a', 'a', AUTOMATED)
    await argocd.until('a', isSynced)
    const { body } = await argocd.call('GET', '/applications/a/managed-resources')
    expect(JSON.stringify(body)).not.toContain(Buffer.from('hush-hush').toString('base64'))
    expect(JSON.stringify(body)).not.toContain('hush-hush')
    const live = await argocd.cluster.request<{ data: object }>(
      'GET',
      `/api/v1/namespaces/${argocd.namespace}/secrets/key`,
    )
    expect(live.data).toEqual({ password: Buffer.from('hush-hush').toString('base64') })
  })
})
