import { Agent, request } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startLimitedService } from './testing/start-limited-service.ts'

const PATIENT = { timeout: 20_000 }
const SMALL = 327_680
const WINDOW_MS = 8_000
let stop = async () => {}
// The timers that check the progress of bodies, and nothing else.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(async () => {
  vi.useRealTimers()
  await stop()
})

async function start(options?: Parameters<typeof startLimitedService>[0]) {
  const service = await startLimitedService(options)
  stop = service.stop
  return service
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

test('a body that has been handled gives its room and its memory back, though nobody reads its answer', async () => {
  const { post, abandon, handled, bodies } = await start({ answer: { text: 'x'.repeat(32 * 1_048_576) } })
  await abandon(JSON.stringify({ text: 'x'.repeat(60) }))
  await expect.poll(() => handled, PATIENT).toHaveLength(1)
  await expect.poll(() => post(80), PATIENT).toBe(200)
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc')
  const listKept = () => {
    collectGarbage()
    return bodies.filter(body => body.deref() !== undefined)
  }
  await expect.poll(listKept, PATIENT).toEqual([])
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

test('a body that arrives slowly is not ended for one that would not fit without it either, or would fit beside it', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { open, post, handled, url } = await start({ ...ROOMY, mayAnswer: promise })
  const working = post(60_000)
  await expect.poll(() => handled, PATIENT).toEqual([60_000])
  const slow = [await open({ 'content-length': '9001' }), await open({ 'content-length': '20001' })]
  await slow[0]?.write(9_000)
  await slow[1]?.write(20_000)
  passWindow()
  await fetch(`${url}/livez`)
  expect(await post(50_000)).toBe(429)
  const fitting = post(30_000)
  await expect.poll(() => handled, PATIENT).toEqual([60_000, 30_000])
  resolve()
  const ended = await Promise.all(slow.map(upload => upload.end()))
  expect(ended.map(({ status }) => status)).toEqual([200, 429])
  expect(await fitting).toBe(200)
  expect(await working).toBe(200)
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

// A client that still sends when its connection is closed may not read the answer.
test.each([
  ['that is urgent is ended after eight seconds, however much arrives', { urgent: 'true' }, 40_000],
  ['that is ended because it arrives too slowly', {}, 10],
])('a body %s, and its connection stays usable', async (_name, headers, bytes) => {
  const { open, post } = await start(ROOMY)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const upload = await open({ 'content-length': '50000', ...headers }, agent)
  await upload.write(bytes)
  passWindow()
  await post(10)
  expect(await upload.answered).toMatchObject({
    status: 408,
    code: 'BODY_TOO_SLOW',
    connection: undefined,
  })
  await upload.end()
  agent.destroy()
})

test('the hundredth request of a connection closes it, also if its body is ended here', async () => {
  const { open, post, url } = await start(ROOMY)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let count = 0; count < 99; count++)
    await new Promise(resolve =>
      request(`${url}/livez`, { agent }, response => response.resume().once('end', resolve)).end(),
    )
  const upload = await open({ 'content-length': '50000', urgent: 'true' }, agent)
  await upload.write(40_000)
  passWindow()
  await post(10)
  expect(await upload.answered).toMatchObject({ status: 408, connection: 'close' })
  agent.destroy()
})
