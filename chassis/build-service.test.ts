import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ExpectedError } from './errors.ts'
import { buildTestService } from './testing/build-test-service.ts'

test('each kind of expected error is answered with a problem of its own status and code', async () => {
  const kinds = [
    ['invalid', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['missing', 404],
    ['conflict', 409],
    ['too-large', 413],
    ['too-many', 429],
    ['bad-upstream', 502],
    ['unavailable', 503],
  ] as const
  const { app } = await buildTestService({
    routes(app) {
      for (const [kind] of kinds)
        app.get(`/${kind}`, () => {
          throw new ExpectedError(kind, 'THE_CODE', 'What happened.', { retryAfterSeconds: 1.2 })
        })
    },
  })
  for (const [kind, status] of kinds) {
    const answer = await app.inject({ url: `/${kind}` })
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.headers['retry-after']).toBe('2')
    expect(answer.json()).toMatchObject({ status, code: 'THE_CODE', detail: 'What happened.' })
  }
})

test('a bug is answered with a 500 that discloses nothing, and logged once with its stack', async () => {
  const { app, lines } = await buildTestService({
    routes: app =>
      void app.get('/bug', () => {
        throw new TypeError('secret inner detail')
      }),
  })
  const answer = await app.inject({ url: '/bug' })
  expect([answer.statusCode, answer.json().code]).toEqual([500, 'INTERNAL'])
  expect(answer.body).not.toContain('secret inner detail')
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'error',
      msg: 'request failed',
      route: '/bug',
      err: expect.objectContaining({
        message: 'secret inner detail',
        stack: expect.stringContaining('TypeError'),
      }),
    }),
  ])
})

test('what the framework rejects is a problem too: invalid fields, malformed JSON, unknown routes', async () => {
  const { app } = await buildTestService({
    routes: app =>
      void app.post('/things', { schema: { body: z.strictObject({ size: z.number() }) } }, async () => ({})),
  })
  const post = (payload: string) =>
    app.inject({ method: 'POST', url: '/things', payload, headers: { 'content-type': 'application/json' } })
  expect((await post('{"size":"big"}')).json()).toMatchObject({
    status: 400,
    code: 'INVALID_INPUT',
    fields: [{ field: 'size', expected: expect.stringContaining('number') }],
  })
  expect((await post('{"size":1,"colour":"red"}')).json().fields).toEqual([
    { field: 'colour', expected: 'no such field' },
  ])
  expect((await post('{"size":')).json()).toMatchObject({ status: 400, title: 'Bad Request' })
  expect((await app.inject({ url: '/nowhere?token=x' })).json()).toMatchObject({
    status: 404,
    code: 'NO_SUCH_ROUTE',
    detail: 'GET /nowhere does not exist.',
  })
})

test('three thousand invalid fields are answered with the first twenty', async () => {
  const { app } = await buildTestService({
    routes: app => void app.post('/things', { schema: { body: z.strictObject({}) } }, async () => ({})),
  })
  const payload = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`${index}`.padEnd(300), 1]))
  const answer = await app.inject({ method: 'POST', url: '/things', payload: { ...payload } })
  expect([answer.statusCode, answer.json().fields.length]).toEqual([400, 21])
  expect(answer.body.length).toBeLessThan(8_000)
})

test('what is not HTTP, too large or too slow is answered 4xx, and a client that goes away is no error of ours', async () => {
  const service = await buildTestService({
    routes: app => void app.post('/things', async ({ body }) => body),
    receiveTimeoutMs: 300,
  })
  const { address, metricsAddress } = await service.start()
  const { port, hostname } = new URL(address)
  const send = async (text: string, { isGone = false } = {}) => {
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.on('data', data => {
      answer += data
    })
    socket.on('error', () => {})
    socket.write(text)
    if (isGone) setTimeout(() => socket.destroy(), 50)
    await once(socket, 'close')
    return answer.slice(9, 12)
  }
  const upload =
    'POST /things HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a"'
  try {
    expect(await send('NONSENSE\r\n\r\n')).toBe('400')
    expect(await send(`GET /things HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`)).toBe('431')
    expect(await send(upload)).toBe('408')
    await send(upload, { isGone: true })
    expect((await fetch(`${address}/things`)).status).toBe(404)
    expect(await (await fetch(`${metricsAddress}/metrics`)).text()).not.toMatch(/status="5/)
    expect(service.lines.filter(({ level }) => level === 'error')).toEqual([])
  } finally {
    await service.stop()
  }
})

test('readiness names each dependency, and a failing dependency leaves liveness alone', async () => {
  const readiness = [
    { name: 'healthy', check: async () => {} },
    {
      name: 'broken',
      check: async () => {
        throw new ExpectedError('unavailable', 'DATABASE_UNAVAILABLE', 'away')
      },
    },
  ]
  const { app } = await buildTestService({ routes: () => {}, readiness })
  const ready = await app.inject({ url: '/readyz' })
  expect(ready.statusCode).toBe(503)
  expect(ready.json()).toEqual({
    status: 'unready',
    checks: { healthy: 'ok', broken: 'DATABASE_UNAVAILABLE' },
  })
  expect((await app.inject({ url: '/livez' })).statusCode).toBe(200)
})

test('metrics are served on a separate port, by route pattern, without probes', async () => {
  const service = await buildTestService({ routes: app => void app.get('/things/:id', async () => ({})) })
  const { address, metricsAddress } = await service.start()
  try {
    for (const path of ['/things/1', '/things/2', '/livez', '/readyz']) await fetch(`${address}${path}`)
    expect((await fetch(`${address}/metrics`)).status).toBe(404)
    const text = await (await fetch(`${metricsAddress}/metrics`)).text()
    expect(text).toContain('goalixa_http_requests_total{method="GET",route="/things/:id",status="200"} 2')
    expect(text).not.toContain('livez')
    expect(text).not.toContain('/things/1')
  } finally {
    await service.stop()
  }
})

test('a connection without a request does not delay the shutdown', async () => {
  const service = await buildTestService({ routes: () => {} })
  const { address } = await service.start()
  const socket = connect(Number(new URL(address).port), new URL(address).hostname)
  await once(socket, 'connect')
  // The server may notice the connection later than the client does; its answer to a later request proves that it has.
  expect((await fetch(`${address}/livez`)).status).toBe(200)
  await Promise.all([service.stop(), once(socket, 'close')])
})

test('shutdown is graceful: unready first, then running requests end, then resources close', async () => {
  const order: string[] = []
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const service = await buildTestService({
    drainSeconds: 0.2,
    routes: app =>
      void app.get('/slow', async () => {
        await held
        order.push('request ended')
        return { done: true }
      }),
    onClose: async () => {
      order.push('resources closed')
    },
  })
  const { address } = await service.start()
  const slow = fetch(`${address}/slow`)
  await expect.poll(async () => (await fetch(`${address}/livez`)).status).toBe(200)
  const stopped = service.stop()
  const ready = await fetch(`${address}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'unready', checks: { shutdown: 'draining' } },
  ])
  // The listener closes when the drain ends, while the request is still running.
  await expect
    .poll(() =>
      fetch(`${address}/livez`).then(
        () => 'open',
        () => 'closed',
      ),
    )
    .toBe('closed')
  expect(order).toEqual([])
  release()
  expect(await (await slow).json()).toEqual({ done: true })
  await stopped
  expect(order).toEqual(['request ended', 'resources closed'])
})
