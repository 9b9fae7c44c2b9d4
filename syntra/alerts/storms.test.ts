import { migrate } from '@goalixa/chassis/migrate'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { severityLevel } from '../incidents/severity-level.ts'
import { investigationScope } from '../investigations/investigation-scope.ts'
import { takePlaces } from '../jobs/take-places.ts'
import { alertOf } from './alert.ts'
import { createAlertsRepository } from './alerts.repository.ts'

const THRESHOLD = 4
const NOW = Date.parse('2026-11-21T10:00:00Z')

let postgres: TestPostgres
let pool: Pool
let alertsPool: Pool
let seconds: number

beforeAll(async () => {
  postgres = await startPostgres()
  const url = await postgres.createDatabase()
  pool = createPool({ url, name: 'test' })
  alertsPool = createPool({ url, name: 'alerts', max: 2, pipeline: true })
  await migrate(pool, new URL('../migrations', import.meta.url).pathname)
})
afterAll(async () => {
  await Promise.all([pool.end(), alertsPool.end()])
  await postgres.stop()
})
beforeEach(clear)

async function clear() {
  await pool.query('TRUNCATE incidents, outbox CASCADE')
  seconds = 0
}

type Labels = Record<string, string>
/** Delivers alerts in this order, so many in one batch, a second apart. Labels that are not given are those of a warning. */
async function deliver(
  labels: Labels[],
  { batch = 1, status = 'firing' as const, threshold = THRESHOLD } = {},
) {
  const repository = createAlertsRepository(alertsPool, {
    groupSeconds: 600,
    reopenSeconds: 3_600,
    stormIncidents: threshold,
  })
  for (let index = 0; index < labels.length; index += batch) {
    seconds += 1
    const now = new Date(NOW + seconds * 1000)
    const alerts = labels
      .slice(index, index + batch)
      .map(given => ({ alertname: 'NotReady', severity: 'warning', ...given }))
      .map(given =>
        alertOf({ status, labels: given, startsAt: now.toISOString(), endsAt: now.toISOString() }),
      )
    await repository.ingest(alerts, now)
  }
}
const wait = (passed: number) => {
  seconds += passed
}

async function readIncidents() {
  const { rows } = await pool.query(
    `SELECT i.id, i.title, i.state, i.severity, i.namespace, i.storm_label AS label, i.storm_value AS value,
       (SELECT count(*)::int FROM investigations WHERE incident_id = i.id) AS investigations,
       ARRAY(SELECT labels FROM alerts WHERE incident_id = i.id ORDER BY starts_at, id) AS alerts
     FROM incidents i ORDER BY opened_at, id`,
  )
  return rows as {
    id: string
    title: string
    state: string
    severity: string
    namespace: string | null
    label: string | null
    value: string | null
    investigations: number
    alerts: Labels[]
  }[]
}
const services = (count: number, labels: Labels = {}) =>
  Array.from({ length: count }, (_, index) => ({ namespace: 'shop', service: `service-${index}`, ...labels }))

test('above the threshold alerts of one namespace are one incident, which says so, and is investigated once', async () => {
  await deliver(services(20))
  const incidents = await readIncidents()
  expect(incidents.map(({ alerts, investigations }) => [alerts.length, investigations])).toEqual([
    ...Array(THRESHOLD).fill([1, 1]),
    [20 - THRESHOLD, 1],
  ])
  const storm = incidents.at(-1)
  expect(storm).toMatchObject({
    title: '16 alerts on namespace shop within 1 minute',
    namespace: 'shop',
    label: 'namespace',
    value: 'shop',
  })
  const linked = await pool.query(
    `SELECT incident_id, data->'incidents' AS incidents FROM timeline WHERE kind = 'incidents-linked' ORDER BY id`,
  )
  const earlier = incidents.slice(0, THRESHOLD).map(({ id }) => id)
  expect(linked.rows).toEqual([
    { incident_id: storm?.id, incidents: earlier },
    ...earlier.map(id => ({ incident_id: id, incidents: [storm?.id] })),
  ])
})

test('the investigation of a storm does not wait behind those of its namespace', async () => {
  await deliver(services(20))
  const { rows } = await pool.query(
    `SELECT i.id, n.storm_label IS NOT NULL AS "isStorm" FROM investigations i JOIN incidents n ON n.id = i.incident_id`,
  )
  const places = await takePlaces(
    pool,
    rows.map(({ id }) => id),
  )
  const rounds = rows.map(({ id, isStorm }) => [isStorm, places.get(id)?.round])
  expect(rounds.toSorted()).toEqual([
    [false, 0],
    [false, 1],
    [false, 2],
    [false, 3],
    [true, 0],
  ])
})

test('a storm on a node covers many namespaces, and its investigation is about the node', async () => {
  const onNode = Array.from({ length: 12 }, (_, index) => ({
    namespace: `team-${index}`,
    service: 'web',
    node: 'worker-3',
  }))
  await deliver(onNode, { batch: 5 })
  const storm = (await readIncidents()).at(-1)
  expect(storm).toMatchObject({ title: '8 alerts on node worker-3 within 1 minute', namespace: null })
  const client = await pool.connect()
  try {
    const row = { incidentId: storm?.id, request: null, createdAt: new Date() }
    const scope = await investigationScope(client, row as never, { timeScale: 1, environments: [] })
    expect(scope).toMatchObject({ object: { kind: 'Node', name: 'worker-3' }, service: null })
    expect(scope.alerts).toHaveLength(8)
  } finally {
    client.release()
  }
})

test('an unrelated alert keeps its own incident, also where a label of the whole cluster is shared', async () => {
  const cluster = { cluster: 'prod' }
  const storm = services(15, { ...cluster, node: 'worker-3' })
  await deliver([
    ...storm,
    { ...cluster, namespace: 'elsewhere', service: 'mail' },
    ...services(3, { ...cluster, namespace: 'third' }),
  ])
  const own = (await readIncidents()).filter(({ alerts }) => alerts[0]?.namespace !== 'shop')
  expect(own.map(({ title, label }) => [title, label])).toEqual([
    ['NotReady on elsewhere/mail', null],
    ['NotReady on third/service-0', null],
    ['NotReady on third/service-1', null],
    ['NotReady on third/service-2', null],
  ])
})

test('what is spread over many namespaces of a cluster is a storm of the cluster', async () => {
  const spread = Array.from({ length: 5 * THRESHOLD + 6 }, (_, index) => ({
    namespace: `n-${index}`,
    service: 'web',
    cluster: 'prod',
  }))
  await deliver(spread)
  expect((await readIncidents()).at(-1)).toMatchObject({ title: '6 alerts on cluster prod within 1 minute' })
})

test('a more severe alert is not swallowed: it keeps its incident and its severity', async () => {
  await deliver([
    ...services(10),
    { namespace: 'shop', service: 'payments', severity: 'critical' },
    { namespace: 'shop', severity: 'critical' },
  ])
  const incidents = await readIncidents()
  expect(
    incidents.filter(({ severity }) => severity === 'critical').map(({ title, label }) => [title, label]),
  ).toEqual([
    ['NotReady on shop/payments', null],
    ['NotReady on shop', null],
  ])
  expect(incidents.find(({ label }) => label !== null)).toMatchObject({
    severity: 'warning',
    alerts: { length: 6 },
  })
})

test('a less severe alert joins a storm of more severe ones', async () => {
  await deliver(services(6, { severity: 'critical' }))
  await deliver([{ namespace: 'shop', service: 'payments', severity: 'info' }])
  expect((await readIncidents()).at(-1)).toMatchObject({ severity: 'critical', alerts: { length: 3 } })
})

test('an alert that belongs to an incident of its own joins that one, not the storm', async () => {
  await deliver(services(10))
  await deliver([{ alertname: 'Slow', namespace: 'shop', service: 'service-0' }])
  const [first] = await readIncidents()
  expect(first?.alerts.map(({ alertname }) => alertname)).toEqual(['NotReady', 'Slow'])
})

test('a storm ends: it resolves with its alerts, and after a while a new alert has its own incident again', async () => {
  const given = services(10)
  await deliver(given)
  const before = await readIncidents()
  const repository = createAlertsRepository(alertsPool, {
    groupSeconds: 600,
    reopenSeconds: 3_600,
    stormIncidents: THRESHOLD,
  })
  const { rows } = await pool.query('SELECT labels, starts_at FROM alerts')
  const ended = rows.map(({ labels, starts_at }) =>
    alertOf({
      status: 'resolved',
      labels,
      startsAt: starts_at.toISOString(),
      endsAt: new Date(NOW + 60_000).toISOString(),
    }),
  )
  await repository.ingest(ended, new Date(NOW + 60_000))
  expect((await readIncidents()).map(({ state }) => state)).toEqual(before.map(() => 'resolved'))
  // Soon after, what was part of the storm fires again: the same storm, not another one.
  await deliver(given.slice(-2))
  expect(await readIncidents()).toHaveLength(before.length)
  wait(3_000)
  await deliver([{ namespace: 'shop', service: 'late' }])
  const last = (await readIncidents()).at(-1)
  expect(last).toMatchObject({ title: 'NotReady on shop/late', label: null })
})

test('a threshold of 0 switches storms off', async () => {
  await deliver(services(12), { threshold: 0 })
  expect((await readIncidents()).map(({ label }) => label)).toEqual(Array(12).fill(null))
})

test('whatever arrives in whatever order: each alert is in one incident, a storm makes few, and nothing else is swallowed', async () => {
  const severity = fc.constantFrom('critical', 'warning', 'info')
  const ofStorm = fc.record({ service: fc.integer({ min: 0, max: 25 }).map(index => `s-${index}`), severity })
  const other = fc.record({
    namespace: fc.constantFrom('a', 'b', 'c', 'd'),
    service: fc.constant('web'),
    severity,
  })
  const stream = fc
    .tuple(
      fc.array(
        ofStorm.map(labels => ({ namespace: 'shop', ...labels })),
        { minLength: 30, maxLength: 60 },
      ),
      fc.array(other, { maxLength: 6 }),
    )
    .chain(([storm, others]) =>
      fc.shuffledSubarray([...storm, ...others], { minLength: storm.length + others.length }),
    )
  await fc.assert(
    fc.asyncProperty(stream, fc.integer({ min: 1, max: 20 }), async (labels, batch) => {
      await clear()
      const named = labels.map((given, index) => ({ ...given, alertname: `Alert${index}` }))
      await deliver(named, { batch })
      const { rows } = await pool.query(
        'SELECT count(*)::int AS alerts, count(incident_id)::int AS placed FROM alerts',
      )
      expect(rows[0]).toEqual({ alerts: named.length, placed: named.length })
      const incidents = await readIncidents()
      expect(incidents.flatMap(({ alerts }) => alerts)).toHaveLength(named.length)
      const ofShop = incidents.filter(({ alerts }) => alerts.every(({ namespace }) => namespace === 'shop'))
      // A threshold's worth and one storm for each of three levels of severity.
      expect(ofShop.length).toBeLessThanOrEqual(3 * (THRESHOLD + 1))
      for (const { label, severity, alerts, investigations } of incidents) {
        expect(investigations).toBe(1)
        expect(new Set(alerts.map(({ namespace }) => namespace)).size).toBe(1)
        if (label === null) continue
        expect(alerts[0]?.namespace).toBe('shop')
        for (const alert of alerts)
          expect(severityLevel(alert.severity ?? '')).toBeGreaterThanOrEqual(severityLevel(severity))
      }
    }),
    { numRuns: 25 },
  )
}, 120_000)
