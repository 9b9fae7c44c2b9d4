import { afterEach, describe, expect, it } from 'vitest'
import { createApiServer, listOf } from '../testing/api-server.ts'
import { getObject } from './get-object.ts'
import { listObjects } from './list-objects.ts'

const signal = new AbortController().signal
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function apiServer(routes: Parameters<typeof createApiServer>[0]) {
  const server = await createApiServer(routes)
  open.push(server)
  return server
}

const SHOP = '/api/v1/namespaces/shop'
const pod = (name: string) => ({ metadata: { name, namespace: 'shop', managedFields: [{ manager: 'x' }] } })

describe('kubernetes_list_objects', () => {
  it('returns objects with their kind and without managedFields, authenticated by the token', async () => {
    const { clients, asked } = await apiServer({
      [`${SHOP}/pods`]: () =>
        listOf({ ...pod('core-1'), futureField: { a: 1 }, status: { phase: 'Running' } }),
      '/api/v1/nodes': () => listOf({ metadata: { name: 'node-1' } }),
    })
    const { objects, refused } = await listObjects.run(
      { namespace: 'shop', kinds: ['Pod', 'Node'] },
      clients,
      signal,
    )
    expect(refused).toEqual([])
    // Pods are last, because they are what a result that is too large can best do without.
    expect(objects).toEqual([
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'core-1', namespace: 'shop' },
        futureField: { a: 1 },
        status: { phase: 'Running' },
      },
    ])
    expect(asked[0]?.headers.authorization).toBe('Bearer test-token')
  })

  it('reads only the requested namespace object', async () => {
    const { clients, asked } = await apiServer({
      [SHOP]: () => ({ body: { metadata: { name: 'shop', labels: { env: 'test' } } } }),
    })
    const { objects } = await listObjects.run({ namespace: 'shop', kinds: ['Namespace'] }, clients, signal)
    expect(objects).toEqual([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { env: 'test' } } },
    ])
    expect(asked).toHaveLength(1)
  })

  it('follows the pages to the last one', async () => {
    const pages: Record<string, string> = { '': 'two', two: 'three', three: '' }
    const { clients } = await apiServer({
      [`${SHOP}/pods`]: url => {
        const at = url.searchParams.get('continue') ?? ''
        expect(Number(url.searchParams.get('limit'))).toBeGreaterThan(0)
        return { body: { metadata: { continue: pages[at] }, items: [pod(`core-${at || 'one'}`)] } }
      },
    })
    const { objects } = await listObjects.run({ namespace: 'shop', kinds: ['Pod'] }, clients, signal)
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['core-one', 'core-two', 'core-three'])
  })

  it('counts objects that are too many at the price of one, and reads what is named and not ready of them', async () => {
    const owned = (name: string, isReady: boolean) => ({
      metadata: { name, namespace: 'shop', labels: { app: 'core' } },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
    })
    const { clients, asked } = await apiServer({
      [`${SHOP}/pods`]: url => {
        if (url.searchParams.has('labelSelector'))
          return listOf(owned('core-1', true), owned('core-2', false))
        if (url.searchParams.has('fieldSelector')) return listOf(pod('stuck'))
        return { body: { metadata: { continue: 'x', remainingItemCount: 4_999 }, items: [pod('a')] } }
      },
      [`${SHOP}/pods/lonely`]: () => ({ body: pod('lonely') }),
      '/apis/apps/v1/namespaces/shop/deployments': () =>
        listOf({
          metadata: { name: 'core', namespace: 'shop' },
          spec: { replicas: 2, selector: { matchLabels: { app: 'core' } } },
          status: { readyReplicas: 1 },
        }),
    })
    const { objects, counted } = await listObjects.run(
      { namespace: 'shop', kinds: ['Pod', 'Deployment'], atMost: 100, about: ['lonely'] },
      clients,
      signal,
    )
    expect(objects.map(({ metadata }) => metadata.name)).toEqual([
      'core',
      'lonely',
      'stuck',
      'core-1',
      'core-2',
    ])
    expect(counted).toEqual([{ kind: 'Pod', total: 5_000, listed: 4 }])
    const limits = asked.map(({ path }) => new URL(path, 'http://api').searchParams.get('limit'))
    expect(limits.filter(limit => limit === '200')).toEqual([])
  })

  it('keeps of a server that ignores limits the failing pods, the named ones and a few of each owner', async () => {
    const owner = { kind: 'ReplicaSet', name: 'core', uid: 'u', controller: true }
    const many = Array.from({ length: 300 }, (_, index) => ({
      metadata: { name: `core-${index}`, namespace: 'shop', ownerReferences: [owner] },
      status: { conditions: [{ type: 'Ready', status: index === 150 ? 'False' : 'True' }] },
    }))
    const { clients } = await apiServer({ [`${SHOP}/pods`]: () => listOf(...many) })
    const { objects, counted } = await listObjects.run(
      { namespace: 'shop', kinds: ['Pod'], atMost: 100, about: ['core-200'] },
      clients,
      signal,
    )
    expect(objects.map(({ metadata }) => metadata.name)).toEqual([
      'core-0',
      'core-1',
      'core-2',
      'core-3',
      'core-150',
      'core-200',
    ])
    expect(counted).toEqual([{ kind: 'Pod', total: 300, listed: 6 }])
  })

  it('starts again when the pages have expired', async () => {
    let expired = 0
    const { clients } = await apiServer({
      [`${SHOP}/pods`]: url => {
        const isFirst = !url.searchParams.has('continue')
        if (!isFirst && expired++ === 0) return { status: 410, body: { reason: 'Expired' } }
        return { body: { metadata: { continue: isFirst ? 'more' : '' }, items: [pod(isFirst ? 'a' : 'b')] } }
      },
    })
    const { objects } = await listObjects.run({ namespace: 'shop', kinds: ['Pod'] }, clients, signal)
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
  })

  it('names the kinds that it may not read and returns the others', async () => {
    const { clients } = await apiServer({
      [`${SHOP}/pods`]: () => listOf(pod('core-1')),
      [`${SHOP}/secrets`]: () => ({ status: 403, body: { message: 'secrets is forbidden' } }),
    })
    const kinds = ['Pod', 'Secret', 'Ingress'] as const
    const { objects, refused } = await listObjects.run(
      { namespace: 'shop', kinds: [...kinds] },
      clients,
      signal,
    )
    expect(objects).toHaveLength(1)
    expect(refused).toEqual([
      {
        kind: 'Secret',
        code: 'UPSTREAM_FORBIDDEN',
        reason:
          'Kubernetes answered 403: secrets is forbidden. Grant it to the account of user test of the kubeconfig.',
      },
      { kind: 'Ingress', code: 'UPSTREAM_MISSING', reason: 'Kubernetes answered 404: not found' },
    ])
  })

  it('fails when it may read none of them', async () => {
    const { clients } = await apiServer({ [`${SHOP}/secrets`]: () => ({ status: 403 }) })
    await expect(
      listObjects.run({ namespace: 'shop', kinds: ['Secret'] }, clients, signal),
    ).rejects.toMatchObject({ kind: 'forbidden' })
  })

  it('never returns the values of a Secret, nor kubectl’s copy of them', async () => {
    const secret = {
      metadata: {
        name: 'core-database',
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': '{"stringData":{"url":"aHVudGVyMg"}}',
          note: 'x',
        },
      },
      type: 'Opaque',
      data: { url: 'aHVudGVyMg', password: 'aHVudGVyMg' },
    }
    const { clients } = await apiServer({
      [`${SHOP}/secrets`]: () => listOf(secret),
      [`${SHOP}/secrets/core-database`]: () => ({ body: secret }),
    })
    const { objects } = await listObjects.run({ namespace: 'shop', kinds: ['Secret'] }, clients, signal)
    const got = await getObject.run(
      { namespace: 'shop', kind: 'Secret', name: 'core-database' },
      clients,
      signal,
    )
    expect(JSON.stringify([objects, got])).not.toContain('aHVudGVyMg')
    expect(got.object).toMatchObject({
      data: { url: null, password: null },
      metadata: { annotations: { note: 'x' } },
    })
    expect(objects).toEqual([got.object])
  })
})
