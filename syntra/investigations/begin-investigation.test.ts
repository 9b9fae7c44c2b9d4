import { join } from 'node:path'
import { investigate } from '@goalixa/agents/testing/investigate'
import { NAMESPACE } from '@goalixa/agents/testing/kube'
import {
  addRelease,
  addAlert as fire,
  healthyWorld,
  NOW,
  setCurve,
  step,
} from '@goalixa/agents/testing/sample-cluster'
import { migrate } from '@goalixa/chassis/migrate'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { alertOf } from '../alerts/alert.ts'
import { createAlertsRepository } from '../alerts/alerts.repository.ts'
import { lockAlerts } from '../alerts/lock-alerts.ts'
import { readEntries } from '../incidents/timeline.repository.ts'
import { reinvestigate } from '../jobs/reinvestigate.job.ts'
import { beginInvestigation } from './begin-investigation.ts'
import { finishInvestigation } from './finish-investigation.ts'
import { createInvestigationsRepository } from './investigations.repository.ts'

const RELEASED_AT = NOW - 40
let postgres: TestPostgres
let pool: Pool
const now = () => new Date()

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  pool = createPool({ url: await postgres.createDatabase(), name: 'test', pipeline: true })
  await migrate(pool, join(import.meta.dirname, '../migrations'))
})
afterEach(() => pool.end())

const alert = (alertname: string, labels: Record<string, string> = {}, minute = 0) =>
  alertOf({
    status: 'firing',
    labels: { alertname, namespace: 'shop', service: 'core', ...labels },
    annotations: {},
    startsAt: new Date(Date.UTC(2026, 10, 21, 10, minute)).toISOString(),
  })
const deliver = (...alerts: ReturnType<typeof alert>[]) =>
  createAlertsRepository(pool, {
    groupSeconds: 600,
    reopenSeconds: 3_600,
    stormIncidents: 10,
    cluster: null,
  }).ingest(alerts, now())

async function newest() {
  const { rows } = await pool.query('SELECT id FROM investigations ORDER BY created_at DESC LIMIT 1')
  const row = await createInvestigationsRepository(pool).find(rows[0].id)
  if (!row) throw new Error('There is no investigation.')
  return row
}
const begin = async () => beginInvestigation(pool, await newest(), { timeScale: 1, environments: [] }, now())
const end = async () => finishInvestigation(pool, (await newest()).id, now())
/** As if the last investigation had ended a minute ago. */
const later = () => new Date(Date.now() + 60_000)

/** Holds the lock of alerts until `release`, so that everything else waits in order. */
async function holdLock() {
  const client = await pool.connect()
  await client.query('BEGIN')
  await lockAlerts(client)
  return {
    untilWaiting: (count: number) =>
      expect
        .poll(
          async () => {
            const { rows } = await client.query('SELECT count(*)::int FROM pg_locks WHERE NOT granted')
            return rows[0].count
          },
          { timeout: 20_000 },
        )
        .toBe(count),
    async release() {
      await client.query('COMMIT')
      client.release()
    },
  }
}

test('the scope has the cluster that the alerts name, and the one that is served', async () => {
  await deliver(alert('Errors', { cluster: 'eu-1' }))
  const settings = { timeScale: 1, environments: [], cluster: 'eu-1' }
  expect(await beginInvestigation(pool, await newest(), settings, now())).toMatchObject({
    alertsCluster: 'eu-1',
    cluster: 'eu-1',
  })
})

test('a delivery that is in flight when an investigation begins is investigated afterwards, whichever is written first', async () => {
  for (const first of ['delivery', 'investigation'] as const) {
    await pool.query('TRUNCATE incidents CASCADE')
    await deliver(alert('First'))
    const lock = await holdLock()
    const waiting: Promise<unknown>[] = []
    const steps = [() => deliver(alert('InFlight')), begin]
    for (const step of first === 'delivery' ? steps : steps.toReversed()) {
      waiting.push(step())
      await lock.untilWaiting(waiting.length)
    }
    await lock.release()
    await Promise.all(waiting)
    const { scope } = await newest()
    expect(scope?.alerts.map(({ name }) => name)).toEqual(['First'])
    await end()
    expect(await reinvestigate(pool, 1, later())).toBe(1)
  }
})

test('an alert whose delivery began long before the investigation, and was written after it had begun, is investigated', async () => {
  await deliver(alert('First'))
  const lock = await holdLock()
  // Its transaction, and so its `received_at`, is older than the start of the investigation.
  const late = deliver(alert('Late'))
  await lock.untilWaiting(1)
  const begun = begin()
  await lock.untilWaiting(2)
  await lock.release()
  await Promise.all([begun, late])
  const { rows } = await pool.query(
    `SELECT a.received_at < i.started_at AS "isOlder" FROM alerts a, investigations i WHERE a.name = 'Late'`,
  )
  expect(rows).toEqual([{ isOlder: true }])
  await end()
  expect(await reinvestigate(pool, 1, later())).toBe(1)
})

test('of many alerts every name is covered, then every service, the newest first; the omitted ones are counted on the timeline', async () => {
  const storm = Array.from({ length: 60 }, (_, minute) => alert('Storm', { pod: `core-${minute}` }, minute))
  await deliver(...storm, alert('Rare'))
  await pool.query(`UPDATE alerts SET service = 'other' WHERE labels->>'pod' = 'core-0'`)
  const scope = await begin()
  expect(scope.alerts).toHaveLength(50)
  expect(scope.alertsLeftOut).toBe(11)
  const shown = scope.alerts.map(({ labels }) => labels.pod ?? labels.alertname)
  expect(shown).toEqual(expect.arrayContaining(['Rare', 'core-0', 'core-59', 'core-12']))
  expect(shown).not.toContain('core-11')
  expect(scope.since).toBe(alert('Rare').startsAt)
  const lines = await readEntries(pool, { incidentId: (await newest()).incidentId, limit: 500 })
  expect(lines.find(({ kind }) => kind === 'alerts-omitted')?.message).toBe(
    'The investigation covers 50 of 61 alerts: the most severe and newest of each name and service.',
  )
})

test('of many alerts of one name the critical ones are covered', async () => {
  const storm = Array.from({ length: 60 }, (_, minute) =>
    alert('Storm', { pod: `core-${minute}` }, minute + 1),
  )
  await deliver(alert('Storm', { pod: 'down', severity: 'critical' }), ...storm)
  const { alerts } = await begin()
  expect(alerts.map(({ labels }) => labels.pod)).toContain('down')
})

test('a worker that begins late, from what it read before another one began, covers no alert that joined since', async () => {
  await deliver(alert('First'))
  const stale = await newest()
  const before = await begin()
  await deliver(alert('Second'))
  const settings = { timeScale: 1, environments: [] }
  expect(await beginInvestigation(pool, stale, settings, new Date())).toEqual(before)
  const { rows } = await pool.query('SELECT name FROM alerts WHERE seen_by IS NULL')
  expect(rows).toEqual([{ name: 'Second' }])
})

test('an investigation that begins again after a crash keeps its scope', async () => {
  await deliver(alert('First'))
  const before = await begin()
  await deliver(alert('Second'))
  expect(await begin()).toEqual(before)
})

test('after a recovery that was verified, a late alert that the verification saw not firing is not investigated, and every other is', async () => {
  const world = healthyWorld()
  addRelease(world, 'orders', RELEASED_AT, { image: 'registry.example/shop/orders:1.1.0' })
  setCurve(world, 'error-ratio', { service: 'orders' }, step(0, 0.5, RELEASED_AT))
  fire(world, 'PodErrors', { pod: 'orders-h4-1', service: 'orders' }, NOW - 8)
  // What the engine really proposes, so that a predicate of another form is noticed here.
  const { proposal } = investigate(world).choice
  const labels = { namespace: NAMESPACE, service: 'orders', severity: 'critical' }
  await deliver(alert('PodErrors', { ...labels, pod: 'orders-h4-1' }))
  await begin()
  await deliver(
    alert('PodErrors', { ...labels, pod: 'orders-h4-2' }, 5),
    alert('PodErrors', { ...labels, pod: 'front-h4-1' }, 5),
    alert('PodErrors', { ...labels, severity: 'warning', pod: 'orders-h4-3' }, 5),
    alert('OtherErrors', { ...labels, pod: 'orders-h4-4' }, 5),
  )
  const succeed = async (result: 'recovered' | 'unknown', lastBegunAt = later()) => {
    await pool.query(`DELETE FROM actions`)
    await pool.query(
      `INSERT INTO actions (id, investigation_id, incident_id, state, proposal, kind, risk, tier, environment, target,
         state_digest, requested_by, approvals_needed, expires_at, verification)
       SELECT gen_random_uuid(), id, incident_id, 'succeeded', $1, 'rollback', 'R3', 'A', 'production', 't', 'd', 'syntra', 1,
         now(), $2 FROM investigations`,
      [JSON.stringify(proposal), JSON.stringify({ result, lastBegunAt, lastAt: later().toISOString() })],
    )
    await pool.query(`UPDATE investigations SET state = 'running', finished_at = NULL`)
    await end()
    const { rows } = await pool.query(`SELECT labels->>'pod' AS pod FROM alerts WHERE seen_by IS NULL`)
    return rows.map(({ pod }) => pod).toSorted()
  }
  const others = ['front-h4-1', 'orders-h4-3', 'orders-h4-4']
  expect(await succeed('unknown')).toEqual([...others, 'orders-h4-2'].toSorted())
  // Received while the last check was reading: the rule may have been read before the alert fired.
  const anHourAgo = new Date(Date.now() - 3_600_000)
  expect(await succeed('recovered', anHourAgo)).toEqual([...others, 'orders-h4-2'].toSorted())
  expect(await succeed('recovered')).toEqual(others)
  expect(await reinvestigate(pool, 1, later())).toBe(1)
})
