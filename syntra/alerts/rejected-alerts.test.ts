import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { KEYS, WEBHOOK_TOKEN } from '../testing/test-config.ts'

let postgres: TestPostgres
let syntra: TestSyntra

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  const databaseUrl = await postgres.createDatabase()
  syntra = await startSyntra({
    databaseUrl,
    dependencies: fakeDependencies('http://127.0.0.1:1'),
    worker: false,
  })
})
afterEach(() => syntra.stop())

const good = { status: 'firing', labels: { alertname: 'Good' }, startsAt: '2026-11-21T10:00:00Z' }
const bad = { ...good, labels: { alertname: 'Bad', service: 'core' }, startsAt: 'yesterday' }
const REASON = [{ field: 'startsAt', expected: 'an RFC 3339 time' }]

async function send(alerts: unknown[]) {
  const response = await fetch(`${syntra.url}/v1/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${WEBHOOK_TOKEN}` },
    body: JSON.stringify({ version: '4', alerts }),
  })
  return { status: response.status, body: await response.json() }
}
const refused = async () => (await syntra.get('/v1/alerts/refused', KEYS.eve)).body.refused

test('an invalid alert does not affect the others of its delivery, and the incident says that it is missing', async () => {
  const answer = await send([bad, good, { ...good, labels: {} }, null, 'text'])
  expect(answer).toMatchObject({ status: 202, body: { accepted: 1 } })
  expect(answer.body.refused.map(({ index }: { index: number }) => index)).toEqual([0, 2, 3, 4])
  expect(answer.body.refused[0]).toEqual({ index: 0, fields: REASON })
  expect(answer.body.refused[1].fields).toEqual([{ field: 'labels', expected: 'a label `alertname`' }])

  const [incident, ...others] = (await syntra.get('/v1/incidents')).body.incidents
  expect(others).toEqual([])
  expect(incident.title).toBe('Good')
  const { lines } = (await syntra.get(`/v1/incidents/${incident.id}/timeline`)).body
  expect(lines).toContainEqual(
    expect.objectContaining({
      kind: 'alerts-rejected',
      message: '4 alerts of the same delivery could not be understood: `syntra refused` shows them.',
    }),
  )
})

test('a rejected alert can be looked up by its labels and its error, and is counted when it is delivered again', async () => {
  await send([bad, bad])
  await send([bad])
  expect(await refused()).toEqual([
    {
      labels: bad.labels,
      fields: REASON,
      deliveries: 3,
      firstAt: expect.any(String),
      lastAt: expect.any(String),
    },
  ])
  const metrics = await (await fetch(`${syntra.metricsUrl}/metrics`)).text()
  expect(metrics).toMatch(/^syntra_alerts_refused_total 3$/m)
})

test('a delivery that is cut off in the middle is no rejected alert', async () => {
  const { port, hostname } = new URL(syntra.url)
  for (const end of ['destroy', 'resetAndDestroy'] as const) {
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const head = `POST /v1/alerts HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${WEBHOOK_TOKEN}\r\ncontent-type: application/json`
    await new Promise(resolve =>
      socket.write(`${head}\r\ncontent-length: 1000\r\n\r\n{"version":"4","alerts":[`, resolve),
    )
    await delay(200)
    socket[end]()
  }
  await delay(500)
  await send([bad])
  expect(await refused()).toEqual([expect.objectContaining({ labels: bad.labels })])
})

test('only enough of a rejected alert is stored to find it, whatever was sent', async () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`l${index}`, index]))
  const labels = { alertname: 'x'.repeat(100_000), '\u0000': '\ud800', ...many }
  expect((await send([{ ...good, labels }])).body.refused[0].fields).toHaveLength(10)
  const [kept] = await refused()
  expect(kept.labels).toEqual({ alertname: 'x'.repeat(200), '\uFFFD': '\uFFFD' })
  expect(kept.fields).toHaveLength(10)
})

test('the OpenAPI document says which fields an alert must have', async () => {
  const { paths } = (await syntra.get('/openapi.json')).body
  const { schema } = paths['/v1/alerts'].post.requestBody.content['application/json']
  expect(schema.properties.alerts.items.required).toEqual(['status', 'labels', 'startsAt'])
  expect(schema.properties.alerts.items.properties.status.enum).toEqual(['firing', 'resolved'])
})
