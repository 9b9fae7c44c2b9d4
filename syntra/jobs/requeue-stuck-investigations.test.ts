import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { threadLease } from './advance-investigation.job.ts'
import { requeueStuckInvestigations } from './requeue-stuck-investigations.job.ts'

const NOW = new Date('2026-03-04T12:00:00Z')
// With real queues: queue.test.ts.
const emptyQueue = { findLive: async () => new Set<string>() }
let postgres: TestPostgres
let storage: Storage

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  storage = await openStorage({ url: await postgres.createDatabase(), name: 'test', leaseSeconds: 10 })
})
afterEach(() => storage.close())

async function investigation(state: string, movedSecondsAgo: number): Promise<string> {
  const [id, incidentId] = [uuid(), uuid()]
  await storage.pool.query(
    `INSERT INTO incidents (id, state, title, severity, opened_at, active_at)
     VALUES ($1, 'open', 'core is slow', 'critical', now(), now())`,
    [incidentId],
  )
  await storage.pool.query(
    `INSERT INTO investigations (id, incident_id, state, reason, requested_by, moved_at)
     VALUES ($1, $2, $3, 'alert', 'alertmanager', $4)`,
    [id, incidentId, state, new Date(NOW.getTime() - movedSecondsAgo * 1000)],
  )
  return id
}
const queued = async () => (await storage.pool.query('SELECT investigation_id AS id, why FROM outbox')).rows

test('a stuck investigation is queued again, once', async () => {
  const stuck = await investigation('running', 60)
  await investigation('running', 5)
  await investigation('done', 60)
  expect(await requeueStuckInvestigations({ pool: storage.pool, queue: emptyQueue }, 30, NOW)).toEqual([
    stuck,
  ])
  expect(
    await requeueStuckInvestigations(
      { pool: storage.pool, queue: emptyQueue },
      30,
      new Date(NOW.getTime() + 60_000),
    ),
  ).not.toContain(stuck)
  expect(await queued()).toContainEqual({ id: stuck, why: 'stuck' })
})

test('a thread whose worker is alive is skipped, however long it takes', async () => {
  const busy = await investigation('running', 60)
  await storage.leases.withLease(threadLease(busy), async () => {
    expect(await requeueStuckInvestigations({ pool: storage.pool, queue: emptyQueue }, 30, NOW)).toEqual([])
  })
  expect(await queued()).toEqual([])
})
