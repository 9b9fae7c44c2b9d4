import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Application } from '../applications/application.ts'
import { configMap, deployment, service } from './manifests.ts'
import { type Argocd, startArgocd } from './start-argocd.ts'

const AUTOMATED = { syncPolicy: { automated: { prune: true, selfHeal: true } } }
const isSettled = ({ status }: Application) =>
  status.sync.status === 'Synced' && status.health.status === 'Healthy'

describe('syncing', () => {
  let argocd: Argocd
  beforeAll(async () => {
    argocd = await startArgocd()
  })
  afterAll(() => argocd.stop())

  const read = (path: string) =>
    argocd.cluster.request<{
      spec: { replicas?: number }
      metadata: { annotations?: Record<string, string> }
    }>('GET', path)
  const deploymentPath = (name: string) => `/apis/apps/v1/namespaces/${argocd.namespace}/deployments/${name}`

  it('syncs a new application and each push automatically, and keeps the history', async () => {
    const name = argocd.nameOf('shop')
    const files = (tag: string) => ({
      'shop/deployment.yaml': deployment({ name: 'shop', image: `pause:${tag}` }),
      'shop/rest.yaml': `${service('shop')}---\n${configMap('shop-config', { KEY: 'value' })}`,
    })
    const first = await argocd.push(files('1'), 'First')
    expect((await argocd.createApp(name, 'shop', AUTOMATED)).status).toBe(200)
    const app = await argocd.until(name, isSettled)
    expect(app.status.sync.revision).toBe(first)
    expect(app.status.resources?.map(({ kind, status }) => [kind, status]).toSorted()).toEqual([
      ['ConfigMap', 'Synced'],
      ['Deployment', 'Synced'],
      ['Service', 'Synced'],
    ])
    const live = await read(deploymentPath('shop'))
    const trackingId = `${name}:apps/Deployment:${argocd.namespace}/shop`
    expect(live.metadata.annotations?.['argocd.argoproj.io/tracking-id']).toBe(trackingId)

    const second = await argocd.push(files('2'), 'Second')
    // The history has the entry before the operation has its final phase.
    const isDone = (each: Application) =>
      each.status.history?.length === 2 && each.status.operationState?.phase === 'Succeeded'
    const next = await argocd.until(name, each => isSettled(each) && isDone(each))
    expect(next.status.sync.revision).toBe(second)
    expect(next.status.history).toMatchObject([
      { id: 0, revision: first, initiatedBy: { automated: true } },
      { id: 1, revision: second, initiatedBy: { automated: true } },
    ])
    expect(next.status.operationState).toMatchObject({ phase: 'Succeeded', syncResult: { revision: second } })
    await argocd.until(name, ({ status }) => status.summary.images?.join() === 'registry.k8s.io/pause:2')
  })

  it('reverts manual changes, removes fields that left a manifest, and prunes objects deleted from Git', async () => {
    const name = argocd.nameOf('heal')
    await argocd.push({
      'heal/deployment.yaml': deployment({ name: 'heal', extra: '            - { name: OLD, value: "1" }' }),
      'heal/config.yaml': configMap('heal-config', { KEY: 'value' }),
    })
    await argocd.createApp(name, 'heal', AUTOMATED)
    const before = await argocd.until(name, isSettled)

    const contentType = 'application/merge-patch+json'
    await argocd.cluster.request('PATCH', deploymentPath('heal'), {
      contentType,
      body: { spec: { replicas: 3 } },
    })
    await argocd.until(name, ({ status }) => status.sync.status === 'OutOfSync')
    const healed = await argocd.until(name, isSettled)
    expect((await read(deploymentPath('heal'))).spec.replicas).toBe(1)
    expect(healed.status.history).toHaveLength(before.status.history?.length ?? 0)

    const revision = await argocd.push({
      'heal/deployment.yaml': deployment({ name: 'heal' }),
      'heal/config.yaml': null,
    })
    const pruned = await argocd.until(name, each => isSettled(each) && each.status.sync.revision === revision)
    expect(JSON.stringify(await read(deploymentPath('heal')))).not.toContain('"name":"OLD"')
    expect(pruned.status.resources?.map(({ kind }) => kind)).toEqual(['Deployment'])
    await expect(read(`/api/v1/namespaces/${argocd.namespace}/configmaps/heal-config`)).rejects.toMatchObject(
      {
        kind: 'missing',
      },
    )
  })

  it('keeps an object that it may not prune, and reports it', async () => {
    const name = argocd.nameOf('keep')
    await argocd.push({
      'keep/one.yaml': configMap('keep-one', {}),
      'keep/two.yaml': configMap('keep-two', {}),
    })
    await argocd.createApp(name, 'keep', { syncPolicy: { automated: {} } })
    await argocd.until(name, isSettled)
    await argocd.push({ 'keep/two.yaml': null })
    const app = await argocd.until(name, ({ status }) => status.sync.status === 'OutOfSync')
    expect(app.status.resources).toContainEqual(
      expect.objectContaining({ name: 'keep-two', status: 'OutOfSync', requiresPruning: true }),
    )
    await read(`/api/v1/namespaces/${argocd.namespace}/configmaps/keep-two`)
  })

  it('shows the differences from Git field by field, without defaults', async () => {
    const name = argocd.nameOf('drift')
    await argocd.push({ 'drift/all.yaml': `${deployment({ name: 'drift' })}---\n${service('drift')}` })
    await argocd.createApp(name, 'drift')
    expect(
      (await argocd.until(name, ({ status }) => status.sync.status === 'OutOfSync')).status.health.status,
    ).toBe('Missing')
    await argocd.call('POST', `/applications/${name}/sync`, {})
    await argocd.until(name, isSettled)

    const contentType = 'application/merge-patch+json'
    await argocd.cluster.request('PATCH', deploymentPath('drift'), {
      contentType,
      body: { spec: { replicas: 0 } },
    })
    await argocd.until(name, ({ status }) => status.sync.status === 'OutOfSync')
    const { body } = await argocd.call('GET', `/applications/${name}/managed-resources`)
    const items = body.items as Record<string, string>[]
    const item = items.find(({ kind }) => kind === 'Deployment')
    const [live, predicted] = [item?.normalizedLiveState, item?.predictedLiveState].map(text =>
      JSON.parse(text ?? ''),
    )
    expect([live.spec.replicas, predicted.spec.replicas]).toEqual([0, 1])
    expect({ ...predicted, spec: { ...predicted.spec, replicas: 0 } }).toEqual(live)
  })

  it('retries a failed automatic sync until it is terminated, and syncs the next revision', async () => {
    const name = argocd.nameOf('broken')
    const patch = (body: unknown) =>
      argocd.call('PATCH', `/applications/${name}`, {
        name,
        patch: JSON.stringify(body),
        patchType: 'merge',
      })
    const broken = deployment({ name: 'broken' }).replace('containerPort: 8080', 'containerPort: 99999999')
    await argocd.push({ 'broken/deployment.yaml': broken })
    await argocd.createApp(name, 'broken', AUTOMATED)
    const isRetried = ({ status }: Application) =>
      /Retrying attempt #\d/.test(status.operationState?.message ?? '')
    const retried = await argocd.until(name, isRetried)
    expect(retried.status.operationState).toMatchObject({
      phase: 'Running',
      message: expect.stringMatching(/one or more objects failed to apply.*containerPort/s),
      retryCount: expect.any(Number),
      operation: { initiatedBy: { automated: true } },
    })

    // Turning auto-sync off does not stop the retries, during which nothing else is accepted.
    await patch({ spec: { syncPolicy: { automated: null } } })
    expect((await argocd.get(name, 'normal')).status.operationState?.phase).toBe('Running')
    expect(await argocd.call('POST', `/applications/${name}/sync`, { name })).toMatchObject({
      status: 400,
      body: { code: 9, message: expect.stringContaining('another operation is already in progress') },
    })
    expect((await argocd.call('DELETE', `/applications/${name}/operation`)).status).toBe(200)
    const failed = await argocd.until(name, ({ status }) => status.operationState?.phase === 'Failed')
    expect(failed.status.history ?? []).toEqual([])

    await patch({ spec: { syncPolicy: { automated: { prune: true, selfHeal: true } } } })
    const refused = await argocd.until(name, ({ status }) => Boolean(status.conditions?.length))
    expect(refused.status.conditions).toMatchObject([
      { type: 'SyncError', message: expect.stringContaining('Failed last sync attempt') },
    ])
    await argocd.push({ 'broken/deployment.yaml': deployment({ name: 'broken' }) })
    const mended = await argocd.until(name, isSettled)
    expect(mended.status.conditions).toBeUndefined()
  })

  it('reports a rollout past its deadline as degraded, and a running one as progressing', async () => {
    const name = argocd.nameOf('stuck')
    const image = 'pause-never-ready:1'
    await argocd.push({ 'stuck/deployment.yaml': deployment({ name: 'stuck', image, deadlineSeconds: 2 }) })
    await argocd.createApp(name, 'stuck', AUTOMATED)
    await argocd.until(name, ({ status }) => status.health.status === 'Progressing')
    const app = await argocd.until(name, ({ status }) => status.health.status === 'Degraded')
    expect(app.status.resources).toMatchObject([
      { kind: 'Deployment', health: { message: 'Deployment "stuck" exceeded its progress deadline' } },
    ])
    expect(app.status.health.lastTransitionTime).toBeDefined()
    expect(app.status.sync.status).toBe('Synced')
  })

  it('runs hooks around a sync, but not in a rollback', async () => {
    const name = argocd.nameOf('hooked')
    const hook = configMap('hooked-before', {}).replace(
      '{ name: hooked-before }',
      '{ name: hooked-before, annotations: { argocd.argoproj.io/hook: PreSync } }',
    )
    await argocd.push({ 'hooked/hook.yaml': hook, 'hooked/config.yaml': configMap('hooked', {}) })
    await argocd.createApp(name, 'hooked')
    await argocd.call('POST', `/applications/${name}/sync`, {})
    const synced = await argocd.until(name, ({ status }) => status.operationState?.phase === 'Succeeded')
    expect(synced.status.operationState?.syncResult?.resources).toContainEqual(
      expect.objectContaining({ name: 'hooked-before', hookType: 'PreSync', hookPhase: 'Succeeded' }),
    )
    await argocd.call('POST', `/applications/${name}/rollback`, { id: 0 })
    const back = await argocd.until(name, ({ status }) => status.history?.length === 2)
    expect(JSON.stringify(back.status.operationState?.syncResult)).not.toContain('PreSync')
  })

  it('holds a later wave back until the earlier one is healthy', async () => {
    const name = argocd.nameOf('waves')
    const later = configMap('waves-later', {}).replace(
      '{ name: waves-later }',
      '{ name: waves-later, annotations: { argocd.argoproj.io/sync-wave: "1" } }',
    )
    const image = 'pause-never-ready:1'
    await argocd.push({ 'waves/a.yaml': later, 'waves/b.yaml': deployment({ name: 'waves', image }) })
    await argocd.createApp(name, 'waves')
    await argocd.call('POST', `/applications/${name}/sync`, {})
    const applied = ({ status }: Application) => status.operationState?.syncResult?.resources.length === 1
    const waiting = await argocd.until(name, applied)
    expect(waiting.status.operationState).toMatchObject({ phase: 'Running' })
    const path = `/api/v1/namespaces/${argocd.namespace}/configmaps/waves-later`
    await expect(read(path)).rejects.toMatchObject({ kind: 'missing' })
    await argocd.push({ 'waves/b.yaml': deployment({ name: 'waves' }) })
    await argocd.call('DELETE', `/applications/${name}/operation`)
    await argocd.until(name, ({ status }) => status.operationState?.phase === 'Failed')
    await argocd.call('POST', `/applications/${name}/sync`, {})
    await argocd.until(name, isSettled)
    await read(path)
  })

  it('deletes its objects when it is deleted, unless cascade is off', async () => {
    for (const cascade of [true, false]) {
      const base = cascade ? 'leave' : 'stay'
      const name = argocd.nameOf(base)
      await argocd.push({ [`${base}/config.yaml`]: configMap(base, {}) })
      await argocd.createApp(name, base, AUTOMATED)
      await argocd.until(name, isSettled)
      await argocd.call('DELETE', `/applications/${name}?cascade=${cascade}`)
      await expect.poll(async () => (await argocd.call('GET', `/applications/${name}`)).status).toBe(403)
      const path = `/api/v1/namespaces/${argocd.namespace}/configmaps/${base}`
      if (cascade) await expect(read(path)).rejects.toMatchObject({ kind: 'missing' })
      else await read(path)
    }
  })
})
