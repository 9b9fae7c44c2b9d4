import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { buildTestService } from './testing/build-test-service.ts'

test('the time in which a client sends its body or reads the answer counts as no latency of the service', async () => {
  const MS = 1_500
  const service = await buildTestService({
    routes(app) {
      app.post('/things', async () => ({ answer: 'x'.repeat(20_000_000) }))
      app.get('/slow', async () => {
        await delay(MS)
        return {}
      })
      app.addHook('onRequest', async ({ url }) => {
        if (url === '/slow-to-admit') await delay(MS)
      })
      app.post('/slow-to-admit', async () => ({}))
    },
  })
  const { address, metricsAddress } = await service.start()
  const { port, hostname } = new URL(address)
  const head = `POST /things HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nconnection: close\r\n`
  const send = async (length: number, readAfterMs: number) => {
    const socket = connect(Number(port), hostname)
    socket.pause().on('error', () => {})
    socket.write(`${head}content-length: ${length}\r\n\r\n{"a"`)
    await delay(MS)
    socket.write(':1}')
    await delay(readAfterMs)
    socket.resume()
    await once(socket, 'close')
  }
  try {
    await Promise.all([
      send(7, 0),
      send(7, MS),
      // Malformed, and refused before all of it has come.
      send(6, 0),
      send(2_000_000, 0),
      fetch(`${address}/slow`),
      fetch(`${address}/slow-to-admit`, { method: 'POST' }),
    ])
    const text = await (await fetch(`${metricsAddress}/metrics`)).text()
    const within = (route: string, seconds: string) =>
      [
        ...text.matchAll(
          new RegExp(`duration_seconds_bucket{le="${seconds}",.*route="/${route}".*} (\\d+)`, 'g'),
        ),
      ]
        .map(([, count]) => Number(count))
        .reduce((sum, count) => sum + count, 0)
    expect([within('things', '1'), within('things', '10')]).toEqual([3, 3])
    for (const route of ['slow', 'slow-to-admit'])
      expect([route, within(route, '1'), within(route, '2.5')]).toEqual([route, 0, 1])
  } finally {
    await service.stop()
  }
})
