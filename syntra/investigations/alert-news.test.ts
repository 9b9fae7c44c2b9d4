import { inTransaction } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { alertOf } from '../alerts/alert.ts'
import { createAlertsRepository } from '../alerts/alerts.repository.ts'
import { reinvestigate } from '../jobs/reinvestigate.job.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { sampleProposal } from '../testing/sample-proposal.ts'
import { beginInvestigation } from './begin-investigation.ts'
import { finishInvestigation } from './finish-investigation.ts'
import { createInvestigationsRepository } from './investigations.repository.ts'
import { markUnseenAlerts } from './mark-unseen-alerts.ts'

const SETTINGS = { timeScale: 1, environments: [] }
let postgres: TestPostgres
let storage: Storage
let minute = 0

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  storage = await openStorage({ url: await postgres.createDatabase(), name: 'test', leaseSeconds: 10 })
  return () => storage.close()
})

type Labels = Record<string, string>
const deliver = (...given: Labels[]) =>
  createAlertsRepository(storage.pool, {
    groupSeconds: 600,
    reopenSeconds: 3_600,
    stormIncidents: 0,
    cluster: null,
  }).ingest(
    given.map(labels =>
      alertOf({
        status: 'firing',
        labels: { alertname: 'Errors', namespace: 'shop', service: 'core', severity: 'critical', ...labels },
        startsAt: new Date(Date.UTC(2026, 10, 21, 10, minute++)).toISOString(),
      }),
    ),
    new Date(),
  )

/** Begins the newest investigation and resolves with its row. */
async function begin() {
  const { rows } = await storage.pool.query('SELECT id FROM investigations ORDER BY created_at DESC LIMIT 1')
  const investigations = createInvestigationsRepository(storage.pool)
  const row = await investigations.find(rows[0].id)
  if (!row) throw new Error('There is no investigation.')
  await beginInvestigation(storage.pool, row, SETTINGS, new Date())
  return row
}

/** Begins the newest investigation, which then waits for the decision on its proposal. */
async function beginAndPropose() {
  const { id } = await begin()
  await storage.pool.query(
    `INSERT INTO actions (id, investigation_id, incident_id, state, proposal, kind, risk, tier, environment, target,
       state_digest, requested_by, approvals_needed, expires_at)
     SELECT gen_random_uuid(), id, incident_id, 'awaiting-approval', $2, 'rollback', 'R3', 'A', 'production', 't', 'd', 'syntra', 1,
       now() + interval '1 hour' FROM investigations WHERE id = $1`,
    [id, JSON.stringify(sampleProposal())],
  )
  await storage.pool.query(`UPDATE investigations SET state = 'waiting' WHERE id = $1`, [id])
}

const reinvestigated = () => reinvestigate(storage.pool, 30, new Date(Date.now() + 60_000))

const FIRST = { pod: 'core-7d9f8b6c5-x2k4z', node: 'worker-1' }

test.each<[string, Labels, number]>([
  ['another critical alert name', { ...FIRST, alertname: 'Down' }, 1],
  ['the same alert of another object', { ...FIRST, node: 'worker-2' }, 1],
  ['the same alert of another workload', { ...FIRST, pod: 'worker-7d9f8b6c5-x2k4z' }, 1],
  ['the same alert again', FIRST, 0],
  ['the same alert of a successor of its pod', { ...FIRST, pod: 'core-6c5b4d9f8-q7w9r' }, 0],
  ['the same alert with a label that names no object', { ...FIRST, instance: '10.0.0.7:8080' }, 0],
  ['another alert name that is not critical', { ...FIRST, alertname: 'Slow', severity: 'warning' }, 0],
])(
  'while a proposal waits for a decision, %s: a second investigation or none',
  async (_what, labels, expected) => {
    await deliver(FIRST)
    await beginAndPropose()
    await deliver(labels)
    expect(await reinvestigated()).toBe(expected)
    const { rows } = await storage.pool.query(
      `SELECT state, (SELECT count(*)::int FROM outbox o WHERE o.investigation_id = i.id) AS queued FROM investigations i
     ORDER BY created_at OFFSET 1`,
    )
    expect(rows).toEqual(Array(expected).fill({ state: 'queued', queued: 1 }))
    // One at a time: nothing more starts while it is under way.
    await deliver({ ...labels, alertname: 'YetAnother', severity: 'critical' })
    expect(await reinvestigated()).toBe(expected === 1 ? 0 : 1)
  },
)

test('an alert that is more severe than every alert before is news, critical or not', async () => {
  await deliver({ severity: 'info' })
  await beginAndPropose()
  await deliver({ alertname: 'Slow', severity: 'info' })
  expect(await reinvestigated()).toBe(0)
  await deliver({ severity: 'warning' })
  expect(await reinvestigated()).toBe(1)
})

test('what the second investigation has seen is not news again, and what joined meanwhile is, until all are decided', async () => {
  await deliver(FIRST)
  await beginAndPropose()
  await deliver({ alertname: 'Down' })
  expect(await reinvestigated()).toBe(1)
  await beginAndPropose()
  expect(await reinvestigated()).toBe(0)
  await deliver({ alertname: 'Down' })
  expect(await reinvestigated()).toBe(0)
  await deliver({ alertname: 'Gone' })
  expect(await reinvestigated()).toBe(1)
})

test('a second investigation that ends leaves the proposal that waits as it is', async () => {
  await deliver(FIRST)
  await beginAndPropose()
  await deliver({ alertname: 'Down' })
  await reinvestigated()
  const { id } = await begin()
  await finishInvestigation(storage.pool, id, new Date())
  const { rows } = await storage.pool.query(`SELECT state FROM actions`)
  expect(rows).toEqual([{ state: 'awaiting-approval' }])
  expect(await reinvestigated()).toBe(0)
})

test('after a refusal because of an action in progress, also the alerts that earlier investigations of the same drift have seen are news', async () => {
  await deliver(FIRST)
  const { id } = await begin()
  await storage.pool.query(
    `INSERT INTO investigations (id, incident_id, state, reason, requested_by, supersedes, generation)
     SELECT gen_random_uuid(), incident_id, 'queued', 'drift', 'alertmanager', id, 2 FROM investigations`,
  )
  await finishInvestigation(storage.pool, id, new Date())
  const next = await begin()
  await inTransaction(storage.pool, client => markUnseenAlerts(client, next.id))
  await finishInvestigation(storage.pool, next.id, new Date())
  expect(await reinvestigated()).toBe(1)
})

test('alerts for whose names an investigation has no room are not seen by it, and the next one begins with them', async () => {
  const names = Array.from({ length: 60 }, (_, index) => ({ alertname: `Alert${index}` }))
  await deliver(...names)
  const first = await begin()
  const unseen = async () =>
    (await storage.pool.query<{ name: string }>('SELECT name FROM alerts WHERE seen_by IS NULL')).rows.map(
      ({ name }) => name,
    )
  const left = await unseen()
  expect(left).toHaveLength(10)
  const { rows } = await storage.pool.query(`SELECT message FROM timeline WHERE kind = 'alerts-omitted'`)
  expect(rows[0].message).toContain('Alerts of 10 more names are covered by the next one.')
  await finishInvestigation(storage.pool, first.id, new Date())
  expect(await reinvestigated()).toBe(1)
  const second = await begin()
  const stored = await createInvestigationsRepository(storage.pool).find(second.id)
  expect(stored?.scope?.alerts.map(({ name }) => name)).toEqual(expect.arrayContaining(left))
  expect(await unseen()).toEqual([])
  await finishInvestigation(storage.pool, second.id, new Date())
  expect(await reinvestigated()).toBe(0)
})
