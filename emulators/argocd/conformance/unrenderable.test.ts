import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Application } from '../applications/application.ts'
import { configMap, deployment } from './manifests.ts'
import { type Argocd, startArgocd } from './start-argocd.ts'

const AUTOMATED = { syncPolicy: { automated: { prune: true } } }

describe('a Git state', () => {
  let argocd: Argocd
  beforeAll(async () => {
    argocd = await startArgocd()
  })
  afterAll(() => argocd.stop())

  // Starts an application with two deployments in its history.
  async function deployedTwice(base: string) {
    const name = argocd.nameOf(base)
    const path = `${base}/config.yaml`
    await argocd.push({ [path]: configMap(`${base}-config`, { VERSION: 'one' }) })
    await argocd.createApp(name, base, AUTOMATED)
    await argocd.until(name, ({ status }) => status.history?.length === 1)
    await argocd.push({ [path]: configMap(`${base}-config`, { VERSION: 'two' }) })
    await argocd.until(name, ({ status }) => status.history?.length === 2 && status.sync.status === 'Synced')
    const read = () =>
      argocd.cluster.request<{ data: { VERSION: string } }>(
        'GET',
        `/api/v1/namespaces/${argocd.namespace}/configmaps/${base}-config`,
      )
    return { name, path, versionOf: async () => (await read()).data.VERSION }
  }

  it('that cannot be rendered makes the comparison unknown, and can still be rolled back from', async () => {
    const { name, path, versionOf } = await deployedTwice('garbled')
    await argocd.push({ [path]: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n  data: [' })
    const app = await argocd.until(name, ({ status }) => status.sync.status === 'Unknown')
    expect(app.status.sync.revision).toBe('main')
    expect(app.status.conditions).toMatchObject([
      {
        type: 'ComparisonError',
        message: expect.stringMatching(/Failed to load target state.*config\.yaml/s),
      },
    ])
    expect(await versionOf()).toBe('two')
    // Every object seems to have been deleted from Git.
    const { body } = await argocd.call('GET', `/applications/${name}/managed-resources`)
    const items = body.items as { targetState: string; liveState: string }[]
    expect(items.map(({ targetState }) => targetState)).toEqual(['null'])
    expect(items[0]?.liveState).toContain('garbled-config')

    const off = { name, patch: '{"spec":{"syncPolicy":{"automated":null}}}', patchType: 'merge' }
    expect(await argocd.call('PATCH', `/applications/${name}`, off)).toMatchObject({
      status: 400,
      body: { code: 3, message: expect.stringContaining('Unable to generate manifests') },
    })
    const { metadata, spec } = await argocd.get(name)
    const replaced = { metadata, spec: { ...spec, syncPolicy: {} } }
    expect((await argocd.call('PUT', `/applications/${name}?validate=false`, replaced)).status).toBe(200)
    expect((await argocd.call('POST', `/applications/${name}/rollback`, { name, id: 0 })).status).toBe(200)
    await argocd.until(name, ({ status }) => status.operationState?.phase === 'Succeeded')
    expect(await versionOf()).toBe('one')
  })

  it('whose file does not look like a manifest has its object pruned, and no error', async () => {
    const { name, path } = await deployedTwice('prose')
    await argocd.call('PATCH', `/applications/${name}`, {
      name,
      patch: '{"spec":{"syncPolicy":{"automated":null}}}',
      patchType: 'merge',
    })
    await argocd.push({
      [path]: 'kind: ConfigMap\n  data: [',
      'prose/other.yaml': configMap('prose-other', {}),
    })
    const app = await argocd.until(name, ({ status }) => status.sync.status === 'OutOfSync')
    expect(app.status.resources).toContainEqual(
      expect.objectContaining({ name: 'prose-config', requiresPruning: true }),
    )
    expect(app.status.conditions ?? []).toEqual([])
  })

  it('shows the health of resources in an application, and not in the list', async () => {
    const name = argocd.nameOf('health')
    await argocd.push({ 'health/all.yaml': deployment({ name: 'health' }) })
    await argocd.createApp(name, 'health', AUTOMATED)
    const isHealthy = ({ status }: Application) => status.resources?.[0]?.health?.status === 'Healthy'
    await argocd.until(name, isHealthy)
    const { body } = await argocd.call('GET', '/applications?project=default')
    const listed = (body.items as Application[]).find(({ metadata }) => metadata.name === name)
    expect(listed?.status.resources).toMatchObject([{ kind: 'Deployment', status: 'Synced' }])
    expect(listed?.status.resources?.[0]?.health ?? null).toBeNull()
  })
})
