import { afterEach, describe, expect, it } from 'vitest'
import { createClients } from '../clients.ts'
import { type Asked, createAnsweringServer } from '../testing/answering-server.ts'
import { kubeconfigFor } from '../testing/kubeconfig-for.ts'
import { getObject } from './get-object.ts'
import { listEvents } from './list-events.ts'
import { listObjects } from './list-objects.ts'
import { listPodMetrics } from './list-pod-metrics.ts'
import { parseQuantity } from './parse-quantity.ts'
import { readLogs } from './read-logs.ts'

// What an API server answers, byte for byte; the sandbox's control plane is used for what changes something.
const signal = new AbortController().signal
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

type Routes = Record<string, (url: URL, asked: Asked) => { status?: number; body?: unknown }>

async function apiServer(routes: Routes) {
  const server = await createAnsweringServer(asked => {
    const url = new URL(asked.path, 'http://api')
    return (
      routes[url.pathname]?.(url, asked) ?? { status: 404, body: { kind: 'Status', message: 'not found' } }
    )
  })
  open.push(server)
  return { server, clients: createClients({ kubernetes: { kubeconfig: kubeconfigFor(server.url) } }) }
}

const SHOP = '/api/v1/namespaces/shop'
const pod = (name: string) => ({ metadata: { name, namespace: 'shop', managedFields: [{ manager: 'x' }] } })
const list = (...items: unknown[]) => ({ body: { kind: 'List', metadata: {}, items } })

describe('kubernetes_list_objects', () => {
  it('gives objects as they are, with their kind, without managedFields, asked with the token', async () => {
    const { clients, server } = await apiServer({
      [`${SHOP}/pods`]: () => list({ ...pod('core-1'), futureField: { a: 1 }, status: { phase: 'Running' } }),
      '/api/v1/nodes': () => list({ metadata: { name: 'node-1' } }),
    })
    const { objects, refused } = await listObjects.run(
      { namespace: 'shop', kinds: ['Pod', 'Node'] },
      clients,
      signal,
    )
    expect(refused).toEqual([])
    expect(objects).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'core-1', namespace: 'shop' },
        futureField: { a: 1 },
        status: { phase: 'Running' },
      },
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } },
    ])
    expect(server.asked[0]?.headers.authorization).toBe('Bearer test-token')
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

  it('tells which kinds it may not read and gives the others', async () => {
    const { clients } = await apiServer({
      [`${SHOP}/pods`]: () => list(pod('core-1')),
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
      { kind: 'Secret', code: 'UPSTREAM_FORBIDDEN', reason: 'Kubernetes answered 403: secrets is forbidden' },
      { kind: 'Ingress', code: 'UPSTREAM_MISSING', reason: 'Kubernetes answered 404: not found' },
    ])
  })

  it('fails when it may read none of them', async () => {
    const { clients } = await apiServer({ [`${SHOP}/secrets`]: () => ({ status: 403 }) })
    await expect(
      listObjects.run({ namespace: 'shop', kinds: ['Secret'] }, clients, signal),
    ).rejects.toMatchObject({ kind: 'forbidden' })
  })

  it('never gives the values of a secret, nor kubectl’s copy of them', async () => {
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
      [`${SHOP}/secrets`]: () => list(secret),
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

describe('kubernetes_get_object', () => {
  it('gives null for what does not exist and takes no namespace for a node', async () => {
    const { clients } = await apiServer({
      '/api/v1/nodes/node-1': () => ({ body: { metadata: { name: 'node-1' } } }),
    })
    const missing = { namespace: 'shop', kind: 'Pod', name: 'gone' } as const
    expect(await getObject.run(missing, clients, signal)).toEqual({ object: null })
    const { object } = await getObject.run({ kind: 'Node', name: 'node-1' }, clients, signal)
    expect(object?.metadata.name).toBe('node-1')
  })

  it.each([
    [{ kind: 'Pod', name: 'core' }, 'namespace'],
    [{ kind: 'Pod', namespace: 'shop', name: '../secrets/x' }, 'name'],
    [{ kind: 'Pod', namespace: 'Shop', name: 'core' }, 'namespace'],
    [{ kind: 'Banana', namespace: 'shop', name: 'core' }, 'kind'],
  ])('refuses %j', (input, field) => {
    expect(getObject.input.safeParse(input).error?.issues.map(issue => issue.path[0])).toEqual([field])
  })
})

describe('kubernetes_list_events', () => {
  it('understands old and new writers and gives the last seen first', async () => {
    const about = { kind: 'Pod', namespace: 'shop', name: 'core-1' }
    const { clients } = await apiServer({
      [`${SHOP}/events`]: () =>
        list(
          {
            metadata: { name: 'a' },
            type: 'Warning',
            reason: 'BackOff',
            message: 'Back-off restarting',
            count: 7,
            firstTimestamp: '2026-02-24T10:00:00Z',
            lastTimestamp: '2026-02-24T10:05:00Z',
            involvedObject: about,
          },
          {
            metadata: { name: 'b' },
            type: 'Normal',
            reason: 'Scheduled',
            firstTimestamp: null,
            eventTime: '2026-02-24T10:06:00.123456Z',
            involvedObject: { kind: 'Node', name: 'node-1' },
          },
        ),
    })
    expect((await listEvents.run({ namespace: 'shop' }, clients, signal)).events).toEqual([
      {
        type: 'Normal',
        reason: 'Scheduled',
        message: '',
        object: { kind: 'Node', namespace: null, name: 'node-1' },
        count: 1,
        firstAt: '2026-02-24T10:06:00.123456Z',
        lastAt: '2026-02-24T10:06:00.123456Z',
      },
      {
        type: 'Warning',
        reason: 'BackOff',
        message: 'Back-off restarting',
        object: about,
        count: 7,
        firstAt: '2026-02-24T10:00:00Z',
        lastAt: '2026-02-24T10:05:00Z',
      },
    ])
  })
})

describe('kubernetes_read_logs', () => {
  it('splits time and text and asks for the previous run where wanted', async () => {
    const { clients, server } = await apiServer({
      [`${SHOP}/pods/core-1/log`]: () => ({
        body: '2026-02-24T10:00:00.123456789Z {"msg":"start"}\n2026-02-24T10:00:01+01:00 \nno time at all\n',
      }),
    })
    const input = readLogs.input.parse({
      namespace: 'shop',
      pod: 'core-1',
      container: 'core',
      previous: true,
    })
    expect((await readLogs.run(input, clients, signal)).lines).toEqual([
      { at: '2026-02-24T10:00:00.123456789Z', text: '{"msg":"start"}' },
      { at: '2026-02-24T10:00:01+01:00', text: '' },
      { at: null, text: 'no time at all' },
    ])
    const { searchParams } = new URL(server.asked[0]?.path ?? '', 'http://api')
    expect(Object.fromEntries(searchParams)).toEqual({
      container: 'core',
      previous: 'true',
      tailLines: '200',
      timestamps: 'true',
    })
  })
})

describe('kubernetes_list_pod_metrics', () => {
  it('gives cores and bytes', async () => {
    const { clients } = await apiServer({
      '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods': () =>
        list({
          metadata: { name: 'core-1' },
          containers: [{ name: 'core', usage: { cpu: '12345678n', memory: '64Mi' } }],
        }),
    })
    const { pods } = await listPodMetrics.run({ namespace: 'shop' }, clients, signal)
    expect(pods).toEqual([
      {
        name: 'core-1',
        containers: [{ name: 'core', cpuCores: expect.closeTo(0.0123, 4), memoryBytes: 67_108_864 }],
      },
    ])
  })

  it.each([
    ['250m', 0.25],
    ['2', 2],
    ['1.5Gi', 1_610_612_736],
    ['1e3', 1000],
    ['128974848', 128_974_848],
    ['5E', 5e18],
    [3, 3],
  ])('reads the quantity %s as %d', (quantity, number) => {
    expect(parseQuantity(quantity)).toBeCloseTo(number)
  })

  it.each(['lots', '1Zi', '', '--1'])('takes %j for no quantity', quantity => {
    expect(parseQuantity(quantity)).toBeNaN()
  })
})
