import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createHttpClient } from './http-client.ts'
import { createMetrics } from './metrics.ts'
import { buildTestService } from './testing/build-test-service.ts'
import { withTrace } from './trace.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections()
})

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler)
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('any status is an answer; every JSON type is parsed, and malformed JSON stays text', async () => {
  const answers: Record<string, [number, string, string]> = {
    '/api/ok': [200, 'application/json', '{"a":1}'],
    '/api/problem': [404, 'application/problem+json', '{"code":"X"}'],
    '/api/liar': [500, 'application/json', '<html>'],
  }
  const baseUrl = await serve((request, response) => {
    const [status, type, body] = answers[request.url ?? ''] ?? [400, 'text/plain', 'what?']
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  const call = createHttpClient({ upstream: 'other', baseUrl: `${baseUrl}/api` })
  expect(await call('ok')).toMatchObject({ status: 200, body: { a: 1 } })
  expect(await call('problem')).toMatchObject({ status: 404, body: { code: 'X' } })
  expect(await call('liar')).toMatchObject({ status: 500, body: '<html>' })
})

test('a call without an answer in time is UPSTREAM_TIMEOUT, even if only the body never ends', async () => {
  const metrics = createMetrics()
  const baseUrl = await serve((request, response) => {
    if (request.url === '/half') response.writeHead(200).write('half')
  })
  const call = createHttpClient({ upstream: 'slow', baseUrl, timeoutMs: 100, metrics })
  for (const path of ['/never', '/half'])
    await expect(call(path)).rejects.toMatchObject({ kind: 'unavailable', code: 'UPSTREAM_TIMEOUT' })
  expect(await metrics.registry.metrics()).toContain(
    'goalixa_upstream_request_duration_seconds_count{upstream="slow",outcome="timeout"} 2',
  )
})

test('a closed port is UPSTREAM_UNREACHABLE, and a caller that aborts gets its own reason', async () => {
  const away = createHttpClient({ upstream: 'away', baseUrl: 'http://127.0.0.1:1' })
  await expect(away('/')).rejects.toMatchObject({ kind: 'unavailable', code: 'UPSTREAM_UNREACHABLE' })
  const metrics = createMetrics()
  const never = createHttpClient({ upstream: 'slow', baseUrl: await serve(() => {}), metrics })
  const reason = new Error('the person left')
  await expect(never('/', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(await metrics.registry.metrics()).not.toContain('upstream="slow"')
})

test('a call that cannot be sent is a bug of the caller, and never counted for the upstream', async () => {
  const metrics = createMetrics()
  const baseUrl = await serve((_request, response) => response.end())
  const call = createHttpClient({ upstream: 'other', baseUrl, metrics })
  let deep: unknown = 1
  for (let level = 0; level < 20_000; level++) deep = [deep]
  await expect(call('/', { method: 'POST', body: deep })).rejects.toThrow(RangeError)
  await expect(call('/', { headers: { accept: 'a\nb' } })).rejects.toThrow(TypeError)
  await expect(call('http://[')).rejects.toThrow(TypeError)
  expect(await metrics.registry.metrics()).not.toContain('upstream="other"')
})

test('the call carries the trace, the body and its content type', async () => {
  const baseUrl = await serve((request, response) => {
    request.on('data', body =>
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ headers: request.headers, body: String(body) })),
    )
  })
  const call = createHttpClient({ upstream: 'other', baseUrl, headers: { 'x-always': '1' } })
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const { body } = await withTrace(`00-${traceId}-00f067aa0ba902b7-01`, () =>
    call('/', { method: 'POST', body: { a: 1 } }),
  )
  expect(body).toMatchObject({
    body: '{"a":1}',
    headers: {
      'content-type': 'application/json',
      'x-always': '1',
      traceparent: expect.stringContaining(traceId),
    },
  })
})

test('a truncated answer is UPSTREAM_UNREACHABLE', async () => {
  const baseUrl = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy())
  })
  const call = createHttpClient({ upstream: 'frail', baseUrl })
  await expect(call('/')).rejects.toMatchObject({ kind: 'unavailable', code: 'UPSTREAM_UNREACHABLE' })
})

test('sequential calls share a connection, even after a DELETE with a body', async () => {
  const ports = new Set<number | undefined>()
  const baseUrl = await serve((request, response) => {
    ports.add(request.socket.remotePort)
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => response.end(`${request.method} ${body}`))
  })
  const call = createHttpClient({ upstream: 'other', baseUrl })
  expect(await call('/', { method: 'DELETE', body: { reason: 'früher' } })).toMatchObject({
    body: 'DELETE {"reason":"früher"}',
  })
  expect(await call('/')).toMatchObject({ body: 'GET ' })
  expect(ports.size).toBe(1)
})

test('a redirect is not followed', async () => {
  const baseUrl = await serve((_request, response) => response.writeHead(302, { location: '/else' }).end())
  const { status, headers } = await createHttpClient({ upstream: 'other', baseUrl })('/')
  expect([status, headers.location]).toEqual([302, '/else'])
})

test('an answer is read up to its limit, and the connection of a longer one is closed', async () => {
  let isClosed = false
  const baseUrl = await serve((_request, response) => {
    const timer = setInterval(() => response.write('x'.repeat(100_000)), 1)
    response.on('close', () => {
      clearInterval(timer)
      isClosed = true
    })
  })
  const call = createHttpClient({ upstream: 'endless', baseUrl, maxBytes: 1_000_000 })
  await expect(call('/')).rejects.toMatchObject({
    kind: 'too-large',
    code: 'RESPONSE_TOO_LARGE',
    message: 'endless sent more than 1,000,000 bytes; the rest was not read.',
  })
  await expect.poll(() => isClosed).toBe(true)
})

test('the status of an error is known even if its body never ends', async () => {
  const baseUrl = await serve((_request, response) => {
    response.writeHead(503)
    const timer = setInterval(() => response.write('sorry '.repeat(10_000)), 1)
    response.on('close', () => clearInterval(timer))
  })
  const { status, body } = await createHttpClient({ upstream: 'sorry', baseUrl })('/')
  expect(status).toBe(503)
  expect(body).toMatch(/^sorry sorry/)
})

test('a body whose characters are split between packets is not garbled', async () => {
  const bytes = Buffer.from('{"a":"£€😀"}')
  const baseUrl = await serve(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    for (const byte of bytes) await new Promise(resolve => response.write(Buffer.of(byte), resolve))
    response.end()
  })
  expect(await createHttpClient({ upstream: 'other', baseUrl })('/')).toMatchObject({ body: { a: '£€😀' } })
})

test('a read over a kept-alive connection that the server closes without an answer is repeated over a new one, a write is not', async () => {
  const seen = new WeakSet<object>()
  const received: string[] = []
  const baseUrl = await serve((request, response) => {
    received.push(`${request.method}`)
    if (seen.has(request.socket)) return void request.socket.destroy()
    seen.add(request.socket)
    response.end('here')
  })
  const metrics = createMetrics()
  const call = createHttpClient({ upstream: 'other', baseUrl, metrics })
  expect(await call('/')).toMatchObject({ body: 'here' })
  expect(await call('/')).toMatchObject({ body: 'here' })
  expect(received).toEqual(['GET', 'GET', 'GET'])
  expect(await metrics.registry.metrics()).not.toContain('outcome="error"')
  await call('/')
  await expect(call('/', { method: 'POST', body: {} })).rejects.toMatchObject({
    code: 'UPSTREAM_UNREACHABLE',
  })
  expect(received.filter(method => method === 'POST')).toEqual(['POST'])
})

test('a read that meets a draining replica over a kept-alive connection is answered by the next one', async () => {
  const [draining, next] = await Promise.all([
    buildTestService({ drainSeconds: 1, routes: () => {} }),
    buildTestService({ routes: () => {} }),
  ])
  const addresses = [(await draining.start()).address, (await next.start()).address]
  // One address for both, as a Service: a connection stays with its replica, a new one goes to the next.
  let connections = 0
  const balancer = createTcpServer(socket => {
    const { hostname, port } = new URL(addresses[Math.min(connections++, 1)] ?? '')
    const replica = connect(Number(port), hostname)
    for (const end of [socket, replica]) end.on('error', () => {})
    socket.pipe(replica).pipe(socket)
  })
  await new Promise<void>(resolve => balancer.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`
  const metrics = createMetrics()
  const call = createHttpClient({ upstream: 'other', baseUrl, metrics })
  try {
    expect((await call('/readyz')).status).toBe(200)
    const stopped = draining.stop()
    expect((await call('/readyz')).status).toBe(200)
    expect(connections).toBe(2)
    expect(await metrics.registry.metrics()).not.toContain('outcome="error"')
    await stopped
  } finally {
    balancer.close()
    await next.stop()
  }
})
