import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configMap } from './manifests.ts'
import { type Argocd, startArgocd } from './start-argocd.ts'

describe('a request', () => {
  let argocd: Argocd
  let name: string
  beforeAll(async () => {
    argocd = await startArgocd()
    name = argocd.nameOf('conditional')
    await argocd.push({ 'conditional/config.yaml': configMap('conditional-config', { VERSION: 'one' }) })
    await argocd.createApp(name, 'conditional', { syncPolicy: { automated: { prune: true } } })
    await argocd.until(name, ({ status }) => status.sync.status === 'Synced')
  })
  afterAll(() => argocd.stop())

  const patch = (operations: unknown, patchType?: string) =>
    argocd.call('PATCH', `/applications/${name}`, { name, patch: JSON.stringify(operations), patchType })

  it('with a JSON patch is applied only if its tests hold', async () => {
    const { spec } = await argocd.get(name)
    const off = { op: 'remove', path: '/spec/syncPolicy/automated' }
    const late = await patch(
      [{ op: 'test', path: '/spec', value: { ...spec, project: 'other' } }, off],
      'json',
    )
    expect(late.status).toBe(500)
    expect((await argocd.get(name)).spec).toEqual(spec)
    expect((await patch([{ op: 'test', path: '/spec', value: spec }, off], 'json')).status).toBe(200)
    expect((await argocd.get(name)).spec.syncPolicy?.automated).toBeUndefined()
    expect((await patch([{ op: 'test', path: '/spec', value: spec }, off], 'json')).status).toBe(500)
  })

  it('with a merge patch names its type', async () => {
    const change = { metadata: { annotations: { 'example.com/note': 'x' } } }
    expect((await patch(change)).status).toBe(500)
    expect((await patch(change, 'merge')).status).toBe(200)
  })

  it('that is no JSON is refused, even a DELETE without a body', async () => {
    const response = await fetch(`${argocd.url}/api/v1/applications/${name}/operation`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${argocd.token}` },
    })
    expect(response.status).toBe(415)
    expect(await argocd.call('DELETE', `/applications/${name}/operation`, {})).toMatchObject({
      status: 400,
      body: { code: 3 },
    })
  })

  it('for a rollback takes the id as a number only', async () => {
    const answer = await argocd.call('POST', `/applications/${name}/rollback`, { name, id: '0' })
    expect(answer.status).toBe(400)
  })
})
