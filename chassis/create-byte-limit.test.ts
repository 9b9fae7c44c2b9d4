import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createByteLimit, type HoldBytes } from './create-byte-limit.ts'
import { buildTestService } from './testing/build-test-service.ts'

const PATIENT = { timeout: 20_000 }
let stop = async () => {}
afterEach(() => stop())

/** A service with room for 100 bytes that answers when `mayAnswer` resolves; the header `owner` names whose body it is. */
async function start({ mayAnswer = Promise.resolve(), receiveTimeoutMs = 60_000, bodyLimit = 80 } = {}) {
  const admit = createByteLimit({ maxBytes: 100 })
  const holds = new WeakMap<object, HoldBytes>()
  const received: number[] = []
  const { app } = await buildTestService({
    receiveTimeoutMs,
    routes: routes => {
      routes.post(
        '/',
        {
          bodyLimit,
          onRequest: async (call, reply) =>
            void holds.set(call, admit(call, reply, call.headers.owner as string | undefined)),
        },
        async call => {
          received.push(Number(call.headers['content-length']))
          await holds.get(call)?.(() => mayAnswer)
          return {}
        },
      )
    },
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  stop = () => app.close()
  const headers = { 'content-type': 'application/json' }
  const send = (bytes: number, owner?: string, signal?: AbortSignal) =>
    fetch(url, {
      method: 'POST',
      headers: { ...headers, ...(owner === undefined ? {} : { owner }) },
      body: JSON.stringify('x'.repeat(bytes - 2)),
      signal: signal ?? null,
    })
  const post = async (bytes: number, owner?: string) => (await send(bytes, owner)).status
  const open = (more: Record<string, string> = {}) => {
    const upload = request(url, { method: 'POST', headers: { ...headers, ...more } })
    upload.on('error', () => {})
    upload.write('"begun')
    return upload
  }
  return { post, send, received, open }
}

test('a body that does not fit beside those in flight is refused with a reason and a time; once they are answered it is accepted', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { post, send, received } = await start({ mayAnswer: promise })
  const first = [post(50), post(50)]
  await expect.poll(() => received, PATIENT).toEqual([50, 50])
  const refused = await send(10)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect(await refused.json()).toMatchObject({ code: 'TOO_MANY_BYTES' })
  resolve()
  expect(await Promise.all(first)).toEqual([200, 200])
  await expect.poll(() => post(80), PATIENT).toBe(200)
})

test.each([
  ['of no declared length, which counts as the longest allowed,', {}],
  ['of a declared length', { 'content-length': '80' }],
])('a body %s gives its room back when its sender aborts halfway', async (_name, headers) => {
  const { post, open } = await start()
  const endless = open(headers)
  await expect.poll(() => post(30), PATIENT).toBe(429)
  endless.destroy()
  await expect.poll(() => post(30), PATIENT).toBe(200)
})

test('a body that never ends gives its room back when the time for receiving it is over', async () => {
  const { post, open } = await start({ receiveTimeoutMs: 1_000 })
  open({ 'content-length': '80' })
  await expect.poll(() => post(30), PATIENT).toBe(429)
  await expect.poll(() => post(30), PATIENT).toBe(200)
})

test('a body that is being passed on keeps its room when its sender goes away', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { post, send, received } = await start({ mayAnswer: promise })
  const leaving = new AbortController()
  const left = send(80, undefined, leaving.signal).catch(() => 'left')
  await expect.poll(() => received, PATIENT).toEqual([80])
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
  const { post, received } = await start({ mayAnswer: promise })
  const first = post(30, 'ann')
  await expect.poll(() => received, PATIENT).toEqual([30])
  expect(await post(30, 'ann')).toBe(429)
  const other = post(30, 'bob')
  await expect.poll(() => received, PATIENT).toEqual([30, 30])
  resolve()
  expect(await Promise.all([first, other])).toEqual([200, 200])
})
