import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { WEBHOOK_TOKEN } from '../testing/test-config.ts'

let postgres: TestPostgres
let syntra: TestSyntra
let pool: Pool

beforeAll(async () => {
  postgres = await startPostgres()
  const databaseUrl = await postgres.createDatabase()
  syntra = await startSyntra({
    databaseUrl,
    dependencies: fakeDependencies('http://127.0.0.1:1'),
    worker: false,
  })
  pool = createPool({ url: databaseUrl, name: 'test' })
})
afterAll(async () => {
  await pool.end()
  await syntra.stop()
  await postgres.stop()
})
beforeEach(async () => {
  await pool.query('TRUNCATE incidents CASCADE')
})

async function send(body: string) {
  const response = await fetch(`${syntra.url}/v1/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${WEBHOOK_TOKEN}` },
    body,
  })
  return { status: response.status, body: await response.json() }
}
const webhook = (alert: object, more = {}) =>
  JSON.stringify({
    version: '4',
    alerts: [{ status: 'firing', labels: { alertname: 'A' }, startsAt: '2026-11-21T10:00:00Z', ...alert }],
    ...more,
  })
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
const manyLabels = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`label_${index}`, 'x']))

test.each([
  ['NULs in names and values', webhook({ labels: { alertname: 'a\u0000', '\u0000': '\u0000' } })],
  ['a NUL as fingerprint', webhook({ fingerprint: '\u0000' })],
  ['lone surrogates', webhook({}).replace('"A"', '"\\ud800","\\udc00":"\\ud83d"')],
  ['10,000 labels', webhook({ labels: { alertname: 'A', ...manyLabels } })],
  ['a label of a megabyte', webhook({ labels: { alertname: 'A', service: 'x'.repeat(1_000_000) } })],
  [
    'an unknown field that is nested 100,000 deep',
    webhook({}).replace('"status"', `"news":${deep},"status"`),
  ],
  [
    'an unknown field of 200,000 numbers, some of them infinite',
    webhook({}).replace('"status"', `"news":[${'1e400,0,'.repeat(100_000)}0],"status"`),
  ],
  ['an unknown field beside it that is', webhook({}).replace('"version"', `"news":${deep},"version"`)],
  ['nothing where something optional is', webhook({ annotations: null, endsAt: null, fingerprint: null })],
  ['the first year there is', webhook({ startsAt: '0001-01-01T00:00:00Z' })],
  ['the last year that has four digits', webhook({ startsAt: '9999-12-31T23:59:59.999Z' })],
  ['a number of left out alerts that is none', webhook({}, { truncatedAlerts: -1e300 })],
])('an alert with %s is taken and kept', async (_what, body) => {
  expect(await send(body)).toEqual({ status: 202, body: { accepted: 1, refused: [] } })
  expect((await pool.query('SELECT FROM alerts')).rowCount).toBe(1)
  const { incidents } = (await syntra.get('/v1/incidents')).body
  expect((await syntra.get(`/v1/incidents/${incidents[0].id}`)).body.alertList).toHaveLength(1)
})

test.each([
  ['year 0', { startsAt: '0000-06-01T00:00:00Z' }, 'startsAt', 'a time in the years 1 to 9999, in UTC'],
  ['a year 0 behind its offset', { startsAt: '0001-01-01T00:00:00+14:00' }, 'startsAt', /years 1 to 9999/],
  ['a year of five digits behind it', { endsAt: '9999-12-31T23:59:59-14:00' }, 'endsAt', /years 1 to 9999/],
  [
    'the last time that JavaScript has',
    { startsAt: '+275760-09-13T00:00:00Z' },
    'startsAt',
    'an RFC 3339 time',
  ],
  ['labels nested 100,000 deep', { labels: 'DEEP' }, 'labels', /an object with named fields/],
  ['a label that is a number', { labels: { alertname: 'A', n: 1 } }, 'labels.n', /text/],
])(
  'an alert with %s is refused with the field and what was expected',
  async (_what, alert, field, expected) => {
    const answer = await send(webhook(alert).replace('"DEEP"', deep))
    expect(answer).toMatchObject({ status: 202, body: { accepted: 0, refused: [{ index: 0 }] } })
    const [fault] = answer.body.refused[0].fields
    expect(fault.field).toBe(field)
    expect(fault.expected).toMatch(expected)
    expect((await pool.query('SELECT FROM alerts')).rowCount).toBe(0)
  },
)

test('a delivery without alerts is taken, and versions before and after 4 are refused', async () => {
  const of = (version: string) => JSON.stringify({ version, alerts: [] })
  expect(await send(of('4'))).toEqual({ status: 202, body: { accepted: 0, refused: [] } })
  for (const version of ['3', '5']) expect((await send(of(version))).body.fields[0].field).toBe('version')
})
