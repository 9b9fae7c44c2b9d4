import { afterEach, describe, expect, it } from 'vitest'
import { createApiServer, listOf } from '../testing/api-server.ts'
import { getObject } from './get-object.ts'
import { listEvents } from './list-events.ts'
import { listPodMetrics } from './list-pod-metrics.ts'
import { readLogs } from './read-logs.ts'

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

describe('kubernetes_get_object', () => {
  it('returns null for a missing object, and needs no namespace for a node', async () => {
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
  it('reads events of old and new writers, last seen first', async () => {
    const scope = { kind: 'Pod', namespace: 'shop', name: 'core-1' }
    const { clients } = await apiServer({
      [`${SHOP}/events`]: () =>
        listOf(
          {
            metadata: { name: 'a' },
            type: 'Warning',
            reason: 'BackOff',
            message: 'Back-off restarting',
            count: 7,
            firstTimestamp: '2026-02-24T10:00:00Z',
            lastTimestamp: '2026-02-24T10:05:00Z',
            involvedObject: scope,
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
        object: scope,
        count: 7,
        firstAt: '2026-02-24T10:00:00Z',
        lastAt: '2026-02-24T10:05:00Z',
      },
    ])
  })
})

describe('kubernetes_read_logs', () => {
  it('splits time and text, and reads the previous run on request', async () => {
    const { clients, asked } = await apiServer({
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
    const { searchParams } = new URL(asked[0]?.path ?? '', 'http://api')
    expect(Object.fromEntries(searchParams)).toEqual({
      container: 'core',
      limitBytes: '4194304',
      previous: 'true',
      tailLines: '200',
      timestamps: 'true',
    })
  })
})

describe('what the kubelet writes in place of a log', () => {
  const input = readLogs.input.parse({ namespace: 'shop', pod: 'core-1', container: 'core' })
  const answering = (body: string) => apiServer({ [`${SHOP}/pods/core-1/log`]: () => ({ body }) })

  it.each([
    'unable to retrieve container logs for containerd://0f3c2b',
    'failed to try resolving symlinks in path "/var/log/pods/shop_core-1/core/3.log": lstat: no such file or directory',
    'rpc error: code = NotFound desc = an error occurred when try to find container "0f3c2b": not found',
    'container "core" in pod "core-1" is waiting to start: ContainerCreating',
    'previous terminated container "core" in pod "core-1" not found',
  ])('is no log: %s', async message => {
    const { clients } = await answering(message)
    await expect(readLogs.run(input, clients, signal)).rejects.toMatchObject({
      kind: 'missing',
      code: 'LOG_UNAVAILABLE',
      message: expect.stringContaining(message),
    })
  })

  it('is left out behind the lines of the container, which may say the same', async () => {
    const line = 'unable to retrieve container logs for job 7'
    const { clients } = await answering(
      `2026-02-24T10:00:00Z ${line}\nrpc error: code = Unknown desc = no space left on device`,
    )
    const { lines } = await readLogs.run(input, clients, signal)
    expect(lines).toEqual([{ at: '2026-02-24T10:00:00Z', text: line }])
  })
})

describe('kubernetes_list_pod_metrics', () => {
  it('returns cores and bytes', async () => {
    const { clients } = await apiServer({
      '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods': () =>
        listOf({
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
})
