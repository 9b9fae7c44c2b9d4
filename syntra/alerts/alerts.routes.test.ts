import { once } from 'node:events'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { buildService } from '@goalixa/chassis/build-service'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { afterEach, expect, test, vi } from 'vitest'
import { createRequireRole } from '../operators/require-role.ts'
import { testConfig, WEBHOOK_TOKEN } from '../testing/test-config.ts'
import { alertsRoutes } from './alerts.routes.ts'
import type { AlertsService } from './alerts.service.ts'

const PATIENT = { timeout: 20_000 }
let stop = async () => {}
afterEach(async () => {
  vi.useRealTimers()
  await stop()
})

/** The routes with room for 1,000 bytes of deliveries, and a service that stores them once `mayStore` resolves. */
async function start(mayStore = Promise.resolve()) {
  const accepted: string[] = []
  const alerts: AlertsService = {
    async accept(batch) {
      accepted.push(...batch.map(({ labels }) => labels.alertname ?? ''))
      await mayStore
    },
    async refuse(refused) {
      if (refused.length > 0) throw new Error('Nothing is wrong with these deliveries.')
    },
  }
  const service = await buildService({
    name: 'syntra',
    config: testConfig('postgres://unused'),
    log: createLog({ service: 'syntra', level: 'silent' }),
    metrics: createMetrics(),
    routes: app =>
      alertsRoutes(app, {
        alerts,
        rejectedAlerts: { list: async () => ({ refused: [] }) },
        signIn: createRequireRole(() => Promise.reject(new Error('Nobody signs in here.'))),
        webhookToken: WEBHOOK_TOKEN,
        clusterLabels: [],
        bodyLimit: 10_000,
        backlogBytes: 1_000,
      }),
  })
  const { address } = await service.start()
  stop = service.stop
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${WEBHOOK_TOKEN}` }
  return {
    accepted,
    address,
    headers,
    connections: promisify(service.app.server.getConnections.bind(service.app.server)),
    async deliver(alertname: string, signal?: AbortSignal) {
      const alert = { status: 'firing', labels: { alertname }, startsAt: '2026-11-21T10:00:00Z' }
      const body = JSON.stringify({ version: '4', alerts: [alert] }).padEnd(600, ' ')
      const answer = await fetch(`${address}/v1/alerts`, {
        method: 'POST',
        headers,
        body,
        signal: signal ?? null,
      })
      const { code } = (await answer.json()) as { code?: string }
      return [answer.status, code]
    },
  }
}

test('a delivery that waits for the database counts until it is stored, even if its sender goes away', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { deliver, accepted, connections } = await start(promise)
  const leaving = new AbortController()
  const left = deliver('First', leaving.signal).catch(() => 'left')
  await expect.poll(() => accepted, PATIENT).toEqual(['First'])
  leaving.abort()
  expect(await left).toBe('left')
  await expect.poll(() => connections(), PATIENT).toBe(0)
  expect(await deliver('Second')).toEqual([503, 'ALERT_BACKLOG_FULL'])
  resolve()
  await expect.poll(() => deliver('Second'), PATIENT).toEqual([202, undefined])
})

// Alertmanager drops what is answered 4xx, and repeats what is answered 5xx.
test('a delivery that stalls on its way is answered 503, and does not count as rejected', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { address, headers } = await start()
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  const lines = Object.entries({ host: 'a', 'content-length': '500', ...headers })
  socket.write(
    `POST /v1/alerts HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n{"version"`,
  )
  const answer = once(socket, 'data')
  await expect.poll(() => vi.getTimerCount(), PATIENT).toBe(1)
  vi.advanceTimersByTime(8_000)
  const [text] = await answer
  expect(String(text)).toMatch(/^HTTP\/1.1 503 .*DELIVERY_TOO_SLOW/s)
  socket.destroy()
})
