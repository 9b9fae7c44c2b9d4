import { request } from 'node:http'
import { buildTestService } from '@goalixa/chassis/testing/build-test-service'
import { afterEach, expect, test } from 'vitest'
import { limitInFlightBytes } from './limit-in-flight-bytes.ts'

const PATIENT = { timeout: 20_000 }
let stop = async () => {}
afterEach(() => stop())

/** A service with room for 100 bytes that answers when `mayAnswer` resolves. */
async function start(mayAnswer: Promise<void>) {
  const received: number[] = []
  const { app } = await buildTestService({
    routes: routes => {
      routes.post('/', { onRequest: limitInFlightBytes(100, 80) }, async ({ headers }) => {
        received.push(Number(headers['content-length']))
        await mayAnswer
        return {}
      })
    },
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  stop = () => app.close()
  const headers = { 'content-type': 'application/json' }
  const post = async (bytes: number) =>
    (await fetch(url, { method: 'POST', headers, body: JSON.stringify('x'.repeat(bytes - 2)) })).status
  return { post, received, open: () => request(url, { method: 'POST', headers }) }
}

test('a delivery that does not fit beside those in flight is to be retried; once they are answered it is accepted', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { post, received } = await start(promise)
  const first = [post(50), post(50)]
  await expect.poll(() => received, PATIENT).toEqual([50, 50])
  expect(await post(10)).toBe(503)
  resolve()
  expect(await Promise.all(first)).toEqual([200, 200])
  await expect.poll(() => post(80), PATIENT).toBe(200)
})

test('a delivery without a length counts as the longest allowed, and is released when its sender disconnects', async () => {
  const { post, open } = await start(Promise.resolve())
  const endless = open()
  endless.on('error', () => {})
  endless.write('"begun')
  await expect.poll(() => post(30), PATIENT).toBe(503)
  endless.destroy()
  await expect.poll(() => post(30), PATIENT).toBe(200)
})
