import { Agent, type ClientRequest, request } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { limitBodies } from './limit-bodies.ts'
import { buildTestService } from './testing/build-test-service.ts'

const PATIENT = { timeout: 20_000 }
const SMALL = 327_680
const WINDOW_MS = 8_000
let stop = async () => {}
const uploads: ClientRequest[] = []
// The timers that check the progress of bodies, and nothing else.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(async () => {
  vi.useRealTimers()
  for (const upload of uploads.splice(0)) upload.destroy()
  await stop()
})

type Options = {
  maxBytes?: number
  maxSmallBytes?: number
  bodyLimit?: number
  mayAnswer?: Promise<void>
  receiveTimeoutMs?: number
}

/** A service that answers when `mayAnswer` resolves. The header `owner` names whose body it is, `urgent` makes it urgent. */
async function start({
  maxBytes = 100,
  maxSmallBytes,
  bodyLimit = 80,
  mayAnswer = Promise.resolve(),
  receiveTimeoutMs = 60_000,
}: Options = {}) {
  const handled: number[] = []
  let arrived = 0
  const { app } = await buildTestService({
    receiveTimeoutMs,
    routes(routes) {
      routes.addHook('preParsing', (_request, _reply, payload, done) => {
        payload.on('data', (chunk: Buffer) => {
          arrived += chunk.length
        })
        done(null, payload)
      })
      limitBodies(routes, {
        maxBytes,
        ...(maxSmallBytes === undefined ? {} : { maxSmallBytes }),
        termsOf: ({ headers }) => ({
          ...(headers.owner === undefined ? {} : { owner: String(headers.owner) }),
          isUrgent: headers.urgent !== undefined,
        }),
      })
      // Like any handler: it does not know that there is a limit.
      routes.post('/', { bodyLimit }, async ({ headers }) => {
        handled.push(Number(headers['content-length']))
        await mayAnswer
        return {}
      })
    },
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  stop = () => app.close()
  const json = { 'content-type': 'application/json' }

  const send = (bytes: number, owner?: string, signal?: AbortSignal) =>
    fetch(url, {
      method: 'POST',
      headers: { ...json, ...(owner === undefined ? {} : { owner }) },
      body: JSON.stringify('x'.repeat(bytes - 2)),
      signal: signal ?? null,
    })

  /** Begins an upload; `headers` without a length make it one of no declared length. */
  async function open(headers: Record<string, string>, agent?: Agent) {
    const before = vi.getTimerCount()
    const upload = request(url, { method: 'POST', headers: { ...json, ...headers }, ...(agent && { agent }) })
    uploads.push(upload)
    const answered = answerTo(upload)
    upload.flushHeaders()
    await expect.poll(() => vi.getTimerCount(), PATIENT).toBe(before + 1)
    return {
      answered,
      destroy: () => upload.destroy(),
      /** Resolves once they have arrived. */
      async write(bytes: number) {
        const expected = arrived + bytes
        upload.write(' '.repeat(bytes))
        await expect.poll(() => arrived, PATIENT).toBe(expected)
      },
      async end() {
        upload.end('0')
        return answered
      },
    }
  }

  return {
    send,
    handled,
    open,
    post: async (bytes: number, owner?: string) => (await send(bytes, owner)).status,
  }
}

type Answer = { status: number; code?: string; retryAfter?: string | undefined }

/** Never rejects: an upload may end in the middle. */
function answerTo(upload: ClientRequest): Promise<Answer> {
  return new Promise(resolve => {
    upload.on('error', () => {})
    upload.once('response', response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          ...JSON.parse(text),
          retryAfter: response.headers['retry-after'],
        }),
      )
    })
  })
}

function passWindow() {
  vi.advanceTimersByTime(WINDOW_MS)
}

test('a body that does not fit beside those in flight is refused with a reason and a time; once they are answered it is accepted', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { post, send, handled } = await start({ mayAnswer: promise })
  const first = [post(50), post(50)]
  await expect.poll(() => handled, PATIENT).toEqual([50, 50])
  const refused = await send(10)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect(await refused.json()).toMatchObject({ code: 'TOO_MANY_BYTES' })
  resolve()
  expect(await Promise.all(first)).toEqual([200, 200])
  await expect.poll(() => post(80), PATIENT).toBe(200)
})

test('what is declared and never sent takes no room', async () => {
  const { post, open } = await start()
  for (const owner of ['ann', 'bob', 'eve']) await open({ 'content-length': '80', owner })
  await open({ owner: 'dan' })
  expect(await post(80)).toBe(200)
})

test.each([
  ['of a declared length', { 'content-length': '80' }],
  ['of no declared length', {}],
])('a body %s gives its room back when its sender aborts halfway', async (_name, headers) => {
  const { post, open } = await start()
  const endless = await open(headers)
  await endless.write(75)
  expect(await post(30)).toBe(429)
  endless.destroy()
  await expect.poll(() => post(30), PATIENT).toBe(200)
})

test('a body that never ends gives its room back when the time for receiving it is over', async () => {
  const { post, open } = await start({ receiveTimeoutMs: 1_000 })
  const endless = await open({ 'content-length': '80' })
  await endless.write(75)
  await expect.poll(() => post(30), PATIENT).toBe(200)
})

test('a body that is refused in the middle is answered with a reason and a time, and its connection stays usable', async () => {
  const { open } = await start()
  const first = await open({ 'content-length': '80' })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const second = await open({ 'content-length': '70' }, agent)
  await first.write(79)
  await second.write(69)
  expect(await second.end()).toMatchObject({ status: 429, code: 'TOO_MANY_BYTES', retryAfter: '1' })
  expect((await first.end()).status).toBe(200)
  const third = await open({ 'content-length': '70' }, agent)
  await third.write(69)
  expect((await third.end()).status).toBe(200)
  agent.destroy()
})

test('a body that a handler works on keeps its room when its sender goes away', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { post, send, handled } = await start({ mayAnswer: promise })
  const leaving = new AbortController()
  const left = send(80, undefined, leaving.signal).catch(() => 'left')
  await expect.poll(() => handled, PATIENT).toEqual([80])
  leaving.abort()
  expect(await left).toBe('left')
  expect(await post(30)).toBe(429)
  resolve()
  await expect.poll(() => post(30), PATIENT).toBe(200)
})

test('a body larger than all of the room is accepted alone', async () => {
  const { post } = await start({ bodyLimit: 1_000 })
  expect(await post(900)).toBe(200)
  await expect.poll(() => post(900, 'ann'), PATIENT).toBe(200)
})

test('nobody takes more than a quarter of the room beside another body of their own', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { post, handled } = await start({ mayAnswer: promise })
  const first = post(30, 'ann')
  await expect.poll(() => handled, PATIENT).toEqual([30])
  expect(await post(30, 'ann')).toBe(429)
  const other = post(30, 'bob')
  await expect.poll(() => handled, PATIENT).toEqual([30, 30])
  resolve()
  expect(await Promise.all([first, other])).toEqual([200, 200])
})

test('small bodies have room of their own', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { post, handled } = await start({
    maxBytes: 2 * SMALL,
    maxSmallBytes: SMALL,
    bodyLimit: 3 * SMALL,
    mayAnswer: promise,
  })
  const large = post(2 * SMALL)
  await expect.poll(() => handled, PATIENT).toEqual([2 * SMALL])
  expect(await post(SMALL + 1)).toBe(429)
  const small = post(SMALL)
  await expect.poll(() => handled, PATIENT).toEqual([2 * SMALL, SMALL])
  expect(await post(100)).toBe(429)
  resolve()
  expect(await Promise.all([large, small])).toEqual([200, 200])
})

const ROOMY = { maxBytes: 100_000, bodyLimit: 100_000 }

test('a body of which next to nothing arrives is ended, and one that arrives slowly is not', async () => {
  const { open, post } = await start(ROOMY)
  const slow = await open({ 'content-length': '52001' })
  const stalled = await open({ 'content-length': '50000' })
  await stalled.write(30_000)
  for (const bytes of [20_000, 20_000, 12_000]) {
    await slow.write(bytes)
    passWindow()
    // Whoever sent enough in the first eight seconds is ended after the second.
    await post(10)
  }
  expect(await stalled.answered).toMatchObject({ status: 408, code: 'BODY_TOO_SLOW' })
  expect((await slow.end()).status).toBe(200)
})

test('a body that has been arriving for long makes room for others, the oldest first', async () => {
  const { open, post } = await start(ROOMY)
  const oldest = await open({ 'content-length': '45001' })
  const other = await open({ 'content-length': '45001' })
  for (const upload of [oldest, other]) await upload.write(45_000)
  expect(await post(20_000)).toBe(429)
  passWindow()
  await expect.poll(() => post(20_000), PATIENT).toBe(200)
  expect(await oldest.end()).toMatchObject({ status: 429, retryAfter: '1' })
  expect((await other.end()).status).toBe(200)
})

test('a body does not make room for one whose owner has had a fair share', async () => {
  const { open, post } = await start(ROOMY)
  const slow = await open({ 'content-length': '50001' })
  await slow.write(50_000)
  const own = await open({ 'content-length': '24000', owner: 'ann' })
  await own.write(20_000)
  passWindow()
  await post(10)
  expect(await post(40_000, 'ann')).toBe(429)
  expect((await slow.end()).status).toBe(200)
})

test('a body that is urgent is ended after eight seconds, however much arrives', async () => {
  const { open, post } = await start(ROOMY)
  const upload = await open({ 'content-length': '50000', urgent: 'true' })
  await upload.write(40_000)
  passWindow()
  await post(10)
  expect(await upload.answered).toMatchObject({ status: 408, code: 'BODY_TOO_SLOW' })
})
