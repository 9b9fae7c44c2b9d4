import { afterAll, describe, expect, it } from 'vitest'
import { findTool } from '../catalog.ts'
import { createClients, type ToolSettings } from '../create-clients.ts'
import { createAnsweringServer } from '../testing/answering-server.ts'
import { kubeconfigFor } from '../testing/kubeconfig-for.ts'

type Server = Awaited<ReturnType<typeof createAnsweringServer>>
type System = {
  system: string
  tool: string
  args: object
  settings: (url: string, timeoutMs?: number) => ToolSettings
}

// One read of each system: a failure must look the same whichever system it came from.
const SYSTEMS: System[] = [
  {
    system: 'Kubernetes',
    tool: 'kubernetes_list_events',
    args: { namespace: 'shop' },
    settings: (url, timeoutMs) => ({ kubernetes: { kubeconfig: kubeconfigFor(url), timeoutMs } }),
  },
  {
    system: 'Prometheus',
    tool: 'prometheus_list_targets',
    args: {},
    settings: (url, timeoutMs) => ({ prometheus: { url, timeoutMs } }),
  },
  {
    system: 'Alertmanager',
    tool: 'alertmanager_list_alerts',
    args: {},
    settings: (url, timeoutMs) => ({ alertmanager: { url, timeoutMs } }),
  },
  {
    system: 'Argo CD',
    tool: 'delivery_get_app',
    args: { name: 'core' },
    settings: (url, timeoutMs) => ({ argocd: { url, token: 't', timeoutMs } }),
  },
  {
    system: 'GitHub',
    tool: 'forge_get_commit',
    args: { repo: 'github.com/goalixa/deploy', sha: 'main' },
    settings: (url, timeoutMs) => ({ github: { url, token: 't', timeoutMs, gitHosts: ['github.com'] } }),
  },
]

// Most of them wait for a retry or a timeout.
describe.concurrent.each(SYSTEMS)('$system', ({ system, tool, args, settings }) => {
  const open: Server[] = []
  const signal = new AbortController().signal
  afterAll(() => Promise.all(open.map(server => server.close())))

  async function answering(answer: Parameters<typeof createAnsweringServer>[0]) {
    const server = await createAnsweringServer(answer)
    open.push(server)
    return server
  }
  const read = async (given: ToolSettings, stop = signal) => {
    const found = findTool(tool)
    if (found.effect === 'read') return found.run(args, createClients(given), stop)
    throw new Error(`${tool} does not read`)
  }

  it.each([
    [401, 'unauthenticated', 'UPSTREAM_UNAUTHENTICATED'],
    [403, 'forbidden', 'UPSTREAM_FORBIDDEN'],
    [404, 'missing', 'UPSTREAM_MISSING'],
    [409, 'conflict', 'UPSTREAM_CONFLICT'],
    [422, 'invalid', 'UPSTREAM_REFUSED'],
  ])('turns a %i into %s and does not ask again', async (status, kind, code) => {
    const server = await answering(() => ({ status, body: { message: 'because' } }))
    const failure = read(settings(server.url))
    await expect(failure).rejects.toMatchObject({ name: 'ExpectedError', kind, code })
    await expect(failure).rejects.toThrow(`${system} answered ${status}: because`)
    expect(server.asked).toHaveLength(1)
  })

  it('redacts a secret in the other system’s message', async () => {
    const body = { message: 'token=Zx81kqPw77 is \x1b[31mwrong' }
    const server = await answering(() => ({ status: 401, body }))
    await expect(read(settings(server.url))).rejects.toThrow('401: token=[redacted] is \\x1b[31mwrong')
  })

  it.each([429, 500, 503])('tries three times when the answer is a %i', async status => {
    const server = await answering(() => ({ status, body: '<html>no</html>' }))
    await expect(read(settings(server.url))).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'UPSTREAM_UNAVAILABLE',
      message: expect.stringContaining(`${system} answered ${status}`),
    })
    expect(server.asked).toHaveLength(3)
  })

  it('waits for as long as Retry-After says before it retries', async () => {
    const askedAt: number[] = []
    const server = await answering(() => {
      askedAt.push(performance.now())
      return askedAt.length === 1
        ? { status: 503, headers: { 'retry-after': '1' }, body: {} }
        : { status: 404 }
    })
    await expect(read(settings(server.url))).rejects.toMatchObject({ code: 'UPSTREAM_MISSING' })
    const [first = 0, second = 0] = askedAt
    expect(second - first).toBeGreaterThanOrEqual(1_000)
  })

  it('does not wait for a minute, and reports when to retry', async () => {
    const server = await answering(() => ({ status: 429, headers: { 'retry-after': '60' }, body: {} }))
    await expect(read(settings(server.url))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryAfterSeconds: 60,
    })
    expect(server.asked).toHaveLength(1)
  })

  it('says that it cannot be reached', async () => {
    const server = await createAnsweringServer(() => ({}))
    await server.close()
    await expect(read(settings(server.url))).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'UPSTREAM_UNREACHABLE',
      message: expect.stringContaining(`${system} cannot be reached`),
    })
  })

  it('gives up after its own timeout, without a retry', async () => {
    const server = await answering(() => 'never')
    await expect(read(settings(server.url, 500))).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'UPSTREAM_TIMEOUT',
    })
    expect(server.asked).toHaveLength(1)
  })

  it('says that time is up when its caller’s deadline has passed', async () => {
    const server = await answering(() => 'never')
    await expect(read(settings(server.url), AbortSignal.timeout(500))).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'UPSTREAM_TIMEOUT',
    })
  })

  it('stops when its caller does', async () => {
    const stop = new AbortController()
    const server = await answering(() => {
      setImmediate(() => stop.abort())
      return 'never'
    })
    await expect(read(settings(server.url), stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
  })

  it.each([
    ['a page of HTML', '<html>Welcome</html>'],
    ['JSON of another form', { hello: [1] }],
    ['an empty answer', ''],
  ])('does not take %s for an answer', async (_what, body) => {
    const server = await answering(() => ({ body }))
    await expect(read(settings(server.url))).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'UPSTREAM_GARBLED',
    })
  })

  it('does not take broken JSON for an answer', async () => {
    const server = await answering(() => ({
      body: '{"items":[',
      headers: { 'content-type': 'application/json' },
    }))
    await expect(read(settings(server.url))).rejects.toMatchObject({ code: 'UPSTREAM_GARBLED' })
  })

  it('names the setting when it is not configured', async () => {
    await expect(read({})).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'NOT_CONFIGURED',
      message: expect.stringMatching(new RegExp(`^${system} is not configured: set [A-Z_]+$`)),
    })
  })
})
