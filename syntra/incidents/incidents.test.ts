import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { KEYS } from '../testing/test-config.ts'
import { appendEntries } from './timeline.repository.ts'

let postgres: TestPostgres
let syntra: TestSyntra
let pool: Pool

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
  pool = createPool({ url: databaseUrl, name: 'test' })
})
afterEach(async () => {
  await pool.end()
  await syntra.stop()
})

async function oneIncident(): Promise<string> {
  await syntra.deliver([{}])
  return (await syntra.get('/v1/incidents')).body.incidents[0].id
}

const say = (incidentId: string, key: string, message = key) =>
  appendEntries(pool, [{ incidentId, key, kind: 'note', message, at: new Date().toISOString() }])

/** Reads `count` events of a stream, then disconnects. */
async function events(
  id: string,
  count: number,
  headers: Record<string, string> = {},
  onEvent: (received: number) => void = () => {},
) {
  const leave = new AbortController()
  const response = await fetch(`${syntra.url}/v1/incidents/${id}/stream`, {
    headers: { authorization: `Bearer ${KEYS.eve}`, ...headers },
    signal: leave.signal,
  })
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const found: { id: string; message: string }[] = []
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    for (const part of parts) {
      const data = /^data: (.*)$/m.exec(part)?.[1]
      if (data) onEvent(found.push(JSON.parse(data)))
    }
    if (found.length >= count) break
  }
  leave.abort()
  return found
}

test('a stream replays past entries, then follows; resumed by Last-Event-ID, nothing is missing or repeated', async () => {
  const id = await oneIncident()
  const first = await events(id, 3)
  await say(id, 'while away', 'while away\n\nevent: forged\ndata: {}')
  const resumed = events(id, 12, { 'last-event-id': first.at(-1)?.id ?? '' })
  for (let index = 0; index < 10; index++) await say(id, `live ${index}`)
  await say(id, 'end')
  const then = await resumed
  expect(then.map(({ message }) => message)).toEqual([
    'while away\n\nevent: forged\ndata: {}',
    ...Array.from({ length: 10 }, (_, index) => `live ${index}`),
    'end',
  ])
})

test('entries of concurrent writers reach a stream in the order of their ids', async () => {
  const id = await oneIncident()
  const reading = events(id, 43)
  await Promise.all(Array.from({ length: 40 }, (_, index) => say(id, `n${index}`)))
  const ids = (await reading).map(line => Number(line.id))
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  expect(new Set(ids).size).toBe(43)
})

test('an open stream does not delay the shutdown', async () => {
  const id = await oneIncident()
  const isReading = Promise.withResolvers<void>()
  const reading = events(id, 100, {}, received => received === 3 && isReading.resolve())
  await isReading.promise
  await syntra.stop()
  expect(await reading).toHaveLength(3)
  syntra = await startSyntra({
    databaseUrl: await postgres.createDatabase(),
    dependencies: fakeDependencies('http://127.0.0.1:1'),
    worker: false,
  })
})

test('incidents are listed newest first, filtered and in pages', async () => {
  for (const service of ['a', 'b', 'c', 'd', 'e']) await syntra.deliver([{ labels: { service } }])
  await pool.query(`UPDATE incidents SET state = 'closed' WHERE service = 'e'`)
  const first = (await syntra.get('/v1/incidents?limit=2&state=open')).body
  expect(first.incidents.map((incident: { service: string }) => incident.service)).toEqual(['d', 'c'])
  const second = (await syntra.get(`/v1/incidents?limit=2&state=open&after=${first.next}`)).body
  expect(second.incidents.map((incident: { service: string }) => incident.service)).toEqual(['b', 'a'])
  expect(second.next).toBeNull()
  expect((await syntra.get('/v1/incidents?service=c')).body.incidents).toHaveLength(1)
})

test('an incident shows the cluster and the object that its alerts name, and is found by the cluster', async () => {
  await syntra.deliver([
    { labels: { service: 'a', cluster: 'eu-1' } },
    { labels: { service: '', namespace: 'data', persistentvolumeclaim: 'data-0', cluster: 'us-1' } },
    { labels: { service: 'b' } },
  ])
  const { incidents } = (await syntra.get('/v1/incidents')).body
  const placeOf = ({ service, cluster, object }: Record<string, unknown>) => ({ service, cluster, object })
  const volume = { kind: 'PersistentVolumeClaim', name: 'data-0' }
  expect(new Set(incidents.map(placeOf))).toEqual(
    new Set([
      { service: 'a', cluster: 'eu-1', object: null },
      { service: null, cluster: 'us-1', object: volume },
      { service: 'b', cluster: null, object: null },
    ]),
  )
  const found = (await syntra.get('/v1/incidents?cluster=us-1')).body.incidents
  expect(found.map(placeOf)).toEqual([{ service: null, cluster: 'us-1', object: volume }])
  expect((await syntra.get(`/v1/incidents/${found[0].id}`)).body).toMatchObject({
    cluster: 'us-1',
    object: volume,
  })
})

test('an unknown incident, a report that is not written yet, a bad id and a bad filter have different errors', async () => {
  const id = await oneIncident()
  const unknown = '01900000-0000-7000-8000-000000000000'
  const answers = await Promise.all(
    [
      `/v1/incidents/${unknown}`,
      `/v1/incidents/${unknown}/timeline`,
      `/v1/incidents/${unknown}/stream`,
      `/v1/incidents/${unknown}/report`,
      `/v1/incidents/${id}/report`,
      '/v1/incidents/not-an-id',
      '/v1/incidents?state=weird',
      '/v1/incidents?colour=red',
    ].map(path => syntra.get(path)),
  )
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [404, 'NO_SUCH_INCIDENT'],
    [404, 'NO_SUCH_INCIDENT'],
    [404, 'NO_SUCH_INCIDENT'],
    [404, 'NO_SUCH_INCIDENT'],
    [404, 'NO_REPORT_YET'],
    [400, 'INVALID_INPUT'],
    [400, 'INVALID_INPUT'],
    [400, 'INVALID_INPUT'],
  ])
})

test('the OpenAPI document describes every route', async () => {
  const { body } = await syntra.get('/openapi.json')
  expect(Object.keys(body.paths).toSorted()).toEqual([
    '/v1/actions/{id}',
    '/v1/actions/{id}/decision',
    '/v1/alerts',
    '/v1/alerts/refused',
    '/v1/incidents',
    '/v1/incidents/{id}',
    '/v1/incidents/{id}/report',
    '/v1/incidents/{id}/stream',
    '/v1/incidents/{id}/timeline',
    '/v1/investigations',
    '/v1/investigations/{id}',
    '/v1/investigations/{id}/evidence',
    '/v1/investigations/{id}/evidence/{evidence}',
    '/v1/investigations/{id}/replay',
    '/v1/investigations/{id}/snapshot',
  ])
  for (const operation of Object.values<Record<string, unknown>>(body.paths).flatMap(path =>
    Object.values(path),
  ))
    expect(operation).toMatchObject({
      summary: expect.any(String),
      responses: { default: expect.anything() },
    })
  expect(body.components.schemas.Problem.required).toContain('code')
  expect(body.security).toEqual([{ bearer: [] }])
})
