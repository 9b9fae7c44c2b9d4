import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { insertInvestigations } from '../testing/insert-investigations.ts'
import { promoteLongestWaiting } from './promote-longest-waiting.job.ts'
import { priorityOf } from './queue-place.ts'
import { takePlaces } from './take-places.ts'

let postgres: TestPostgres
let storage: Storage
/** The priorities that the queue was given. */
let line: Map<string, number>

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  storage = await openStorage({ url: await postgres.createDatabase(), name: 'test', leaseSeconds: 10 })
  line = new Map()
})
afterEach(() => storage.close())

async function queue(ids: string[]): Promise<string[]> {
  for (const [id, place] of await takePlaces(storage.pool, ids))
    line.set(id, priorityOf('investigations', place))
  return ids
}
const arrive = async (count: number, given?: Parameters<typeof insertInvestigations>[2]) =>
  queue(await insertInvestigations(storage.pool, count, given))
/** How many are served before this one; of equal ones any may be first. */
const aheadOf = (id: string | undefined) =>
  [...line.values()].filter(priority => priority <= (line.get(id ?? '') ?? 0)).length - 1
async function serve(count: number) {
  const served = [...line].toSorted(([, left], [, right]) => left - right).slice(0, count)
  for (const [id] of served) line.delete(id)
  const ids = served.map(([id]) => id)
  await storage.pool.query(`UPDATE investigations SET state = 'running' WHERE id = ANY($1)`, [ids])
  return ids
}

test('critical ones are first, then warnings, then information; within a severity tier A is first', async () => {
  const [info] = await arrive(1, { severity: 'info' })
  const [warning] = await arrive(1, { severity: 'warning' })
  const [critical] = await arrive(1, { severity: 'critical' })
  const [tierA] = await insertInvestigations(storage.pool, 1, { severity: 'critical' })
  await storage.pool.query(
    `INSERT INTO alerts (id, incident_id, fingerprint, name, status, labels, annotations, starts_at)
     SELECT 'a', incident_id, 'f', 'Slow', 'firing', '{"tier":"A"}', '{}', now() FROM investigations WHERE id = $1`,
    [tierA],
  )
  await queue([tierA ?? ''])
  expect(await serve(4)).toEqual([tierA, critical, warning, info])
})

test('one namespace with 300 waiting delays the first of another by one turn, and its own are served oldest first', async () => {
  const many = await arrive(300, { namespace: 'noisy' })
  expect(await serve(100)).toEqual(many.slice(0, 100))
  const [other] = await arrive(1, { namespace: 'shop' })
  expect(aheadOf(other)).toBeLessThanOrEqual(1)
  const [late] = await arrive(1, { namespace: 'noisy' })
  expect(aheadOf(late)).toBe(201)
})

test('namespaces take turns', async () => {
  const noisy = await arrive(4, { namespace: 'noisy' })
  const shop = await arrive(2, { namespace: 'shop' })
  expect(new Set(await serve(2))).toEqual(new Set([noisy[0], shop[0]]))
  expect(new Set(await serve(2))).toEqual(new Set([noisy[1], shop[1]]))
})

test("a person's question waits behind no alert of lower severity, nor behind hundreds of critical ones", async () => {
  await arrive(300, { severity: 'critical' })
  await arrive(300, { severity: 'warning' })
  const [question] = await arrive(1, { severity: 'none', requestedBy: 'ada' })
  expect(aheadOf(question)).toBeLessThanOrEqual(1)
})

test('an incident that becomes critical moves its waiting investigation', async () => {
  const [first] = await arrive(3, { severity: 'info' })
  const [worse] = await arrive(1, { severity: 'info' })
  await storage.pool.query(
    `UPDATE incidents SET severity = 'critical' FROM investigations i WHERE i.incident_id = incidents.id AND i.id = $1`,
    [worse],
  )
  const { rows } = await storage.pool.query('SELECT investigation_id AS id, why FROM outbox')
  expect(rows).toEqual([{ id: worse, why: 'severity' }])
  await queue(rows.map(({ id }) => id))
  expect(await serve(2)).toEqual([worse, first])
})

test('whatever arrives, the one that has waited longest is promoted, once it has waited for five minutes', async () => {
  const [oldest] = await arrive(2, { severity: 'info' })
  await arrive(50, { severity: 'critical' })
  expect(await promoteLongestWaiting(storage.pool, new Date())).toBeUndefined()
  const later = new Date(Date.now() + 6 * 60_000)
  expect(await promoteLongestWaiting(storage.pool, later)).toBe(oldest)
  await queue([oldest ?? ''])
  expect(aheadOf(oldest)).toBeLessThanOrEqual(1)
})

test('one that had begun and lost its worker is first in its class, and a place is kept', async () => {
  const ids = await arrive(10, { severity: 'warning' })
  const [begun = ''] = await serve(1)
  await queue([begun])
  expect(aheadOf(begun)).toBe(0)
  const before = line.get(ids[9] ?? '')
  await queue(ids.slice(9))
  expect(line.get(ids[9] ?? '')).toBe(before)
})
