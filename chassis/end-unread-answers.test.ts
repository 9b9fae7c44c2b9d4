import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { buildTestService } from './testing/build-test-service.ts'

const LARGE_BYTES = 32 * 1_048_576

test('a client that takes nothing of its answer loses its connection; one that takes it slowly or waits for it does not', async () => {
  const service = await buildTestService({
    routes(app) {
      app.get('/large', async () => ({ text: 'x'.repeat(LARGE_BYTES) }))
      app.get('/late', async () => delay(20_000, {}))
    },
  })
  const { address } = await service.start()
  const { port, hostname } = new URL(address)
  const open = (path: string) => {
    const socket = connect(Number(port), hostname).pause()
    socket.on('error', () => {})
    socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`)
    return socket
  }
  const late = fetch(`${address}/late`)
  const slow = open('/large')
  open('/large')
  const countConnections = () =>
    new Promise<number>(resolve => service.app.server.getConnections((_error, count) => resolve(count)))
  try {
    const interval = setInterval(() => slow.read(1_048_576), 500)
    slow.once('close', () => clearInterval(interval))
    slow.on('readable', () => {})
    await expect.poll(countConnections, { timeout: 20_000 }).toBe(3)
    await expect.poll(countConnections, { timeout: 30_000 }).toBe(2)
    expect(slow.destroyed).toBe(false)
    expect((await late).status).toBe(200)
    clearInterval(interval)
    slow.resume()
    let received = slow.bytesRead
    while (received < LARGE_BYTES) {
      await once(slow, 'data')
      received = slow.bytesRead
    }
  } finally {
    slow.destroy()
    await service.stop()
  }
}, 90_000)
