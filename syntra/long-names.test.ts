import { randomBytes } from 'node:crypto'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createDependencies } from './composition/create-dependencies.ts'
import { fakeDependencies } from './testing/fake-dependencies.ts'
import { startSyntra, type TestSyntra } from './testing/start-syntra.ts'
import { startTarget, type Target } from './testing/start-target.ts'
import { testConfig } from './testing/test-config.ts'

let postgres: TestPostgres
let pool: Pool
let target: Target
let databaseUrl: string
let syntra: TestSyntra

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  databaseUrl = await postgres.createDatabase()
  pool = createPool({ url: databaseUrl, name: 'test' })
  target = await startTarget()
})
afterEach(async () => {
  await syntra.stop()
  await pool.end()
  await target.stop()
})

/** Text that does not compress: PostgreSQL would make repetitions fit into an index. */
const noise = (bytes: number) => randomBytes(bytes).toString('base64').slice(0, bytes)
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`label_${index}`, noise(20)]))

const labels = {
  'long names': () => ({ alertname: noise(5_000), namespace: noise(5_000), service: noise(5_000) }),
  'names of many bytes per character': () => ({
    alertname: 'é'.repeat(250),
    namespace: 'ж'.repeat(253),
    service: '名'.repeat(253),
  }),
  'a label of a megabyte': () => ({
    alertname: 'A',
    namespace: 'shop',
    service: 'core',
    note: noise(1_000_000),
  }),
  'a service of a megabyte': () => ({ alertname: 'A', namespace: 'shop', pod: noise(1_000_000) }),
  'a severity of a megabyte': () => ({ alertname: 'A', namespace: 'shop', severity: noise(1_000_000) }),
  '10,000 labels': () => ({ alertname: 'A', namespace: 'shop', service: 'core', ...many(10_000) }),
  'a long name of a label': () => ({ alertname: 'A', namespace: 'shop', [noise(100_000)]: 'x' }),
}

test.each(Object.entries(labels))(
  'an alert with %s is stored whole, and its investigation runs to its end',
  async (_what, create) => {
    const config = testConfig(databaseUrl)
    syntra = await startSyntra({ databaseUrl, dependencies: await createDependencies(config) })
    const given = create()
    const annotations = { summary: noise(100_000) }
    expect(
      (await syntra.deliver([{ labels: given, annotations }, { labels: { ...given, pod: noise(3_000) } }]))
        .body,
    ).toEqual({
      accepted: 2,
      refused: [],
    })
    const page = await syntra.until('/v1/incidents', body => body.incidents.length > 0)
    const incidents = await Promise.all(
      page.incidents.map(async ({ id }: { id: string }) => (await syntra.get(`/v1/incidents/${id}`)).body),
    )
    expect(incidents.flatMap(({ alertList }) => alertList).map(alert => alert.labels)).toContainEqual(
      expect.objectContaining(given),
    )
    const done = await syntra.until('/v1/incidents', body =>
      body.incidents.every((incident: { investigation: { state: string } }) =>
        /done|failed/.test(incident.investigation.state),
      ),
    )
    expect(
      done.incidents.map((incident: { investigation: { state: string } }) => incident.investigation.state),
    ).toEqual(done.incidents.map(() => 'done'))
    const { rows } = await pool.query('SELECT octet_length(scope::text) AS bytes FROM investigations')
    expect(Math.max(...rows.map(({ bytes }) => bytes))).toBeLessThan(100_000)
  },
  60_000,
)

test('an action for an alert with long names is approved, executed and verified', async () => {
  syntra = await startSyntra({ databaseUrl, dependencies: fakeDependencies(target.url) })
  const long = { alertname: noise(5_000), endpoint: noise(5_000), pod: noise(5_000), note: noise(100_000) }
  await syntra.deliver([{ labels: { ...long, namespace: 'shop', service: 'core' } }])
  const { incidents } = await syntra.until(
    '/v1/incidents',
    body => body.incidents[0]?.action?.state === 'awaiting-approval',
  )
  const { body: action } = await syntra.get(`/v1/actions/${incidents[0].action.id}`)
  const decision = { decision: 'approve', stateDigest: action.stateDigest }
  expect((await syntra.post(`/v1/actions/${action.id}/decision`, decision)).status).toBe(200)
  await syntra.until(`/v1/actions/${action.id}`, body => body.state === 'succeeded')
  await syntra.until(`/v1/investigations/${action.investigationId}`, body => body.state === 'done')
}, 60_000)

test('alerts whose long names differ only at the end are different services', async () => {
  syntra = await startSyntra({ databaseUrl, dependencies: fakeDependencies(target.url), worker: false })
  const service = noise(2_000)
  for (const end of ['a', 'b', 'a'])
    await syntra.deliver([{ labels: { alertname: noise(10), namespace: 'shop', service: service + end } }])
  const { incidents } = (await syntra.get('/v1/incidents')).body
  expect(incidents).toHaveLength(2)
})

test.each([
  ['namespace', { namespace: 'x'.repeat(254), service: 'core' }],
  ['service', { namespace: 'shop', service: 'x'.repeat(254) }],
  ['object.kind', { namespace: 'shop', object: { kind: 'x'.repeat(64), name: 'core' } }],
  ['object.name', { namespace: 'shop', object: { kind: 'Pod', name: 'x'.repeat(254) } }],
  ['reason', { namespace: 'shop', service: 'core', reason: 'x'.repeat(1_001) }],
])('a question whose %s is too long is refused with the field', async (field, question) => {
  syntra = await startSyntra({ databaseUrl, dependencies: fakeDependencies(target.url), worker: false })
  const { status, body } = await syntra.post('/v1/investigations', question)
  expect([status, body.fields?.[0]?.field]).toEqual([400, field])
})
