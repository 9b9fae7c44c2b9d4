import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '@goalixa/chassis/log'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import {
  createOwnedDatabase,
  type DatabaseStates,
  databaseStates,
} from '@goalixa/chassis/testing/database-states'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createJobQueue, type JobQueue } from './queue.ts'
import type { OpenWorker } from './queue-backend.ts'

const JOBS = 8

let postgres: TestPostgres
let databaseUrl: string
let adminUrl: string
let role: string
let states: DatabaseStates
let pool: Pool
let queue: JobQueue
let worker: OpenWorker | undefined
let served: string[]
let errors: unknown[]

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  role = `worker_${randomBytes(4).toString('hex')}`
  const owned = await createOwnedDatabase(postgres.url('postgres'), role)
  databaseUrl = owned.url
  adminUrl = owned.adminUrl
  states = databaseStates(owned.adminUrl, role, [])
  pool = createPool({ url: databaseUrl, name: 'test' })
  served = []
  errors = []
})
afterEach(async () => {
  await worker?.close(true)
  await queue.close()
  await pool.end()
})

const log = createLog({ service: 'test', level: 'silent' })
function open() {
  queue = createJobQueue({ pool, databaseUrl, log })
}
const add = (index: number, to = queue) =>
  to.add(
    'investigations',
    {
      investigationId: `01900000-0000-7000-8000-00000000000${index}`,
      why: 'test',
      queuedAt: new Date().toISOString(),
    },
    index + 1,
  )
function work(lockSeconds = 1) {
  worker = queue.startWorker(
    'investigations',
    async ({ investigationId }) => {
      if (served.push(investigationId) === 2) await beforeThird()
      return 'done'
    },
    { concurrency: 1, lockSeconds },
  )
  worker.on('error', error => errors.push((error as { code?: unknown }).code))
}
let beforeThird = async () => {}

test.each(['overloaded', 'down'] as const)(
  'a worker with jobs left asks a database that is %s about once a second, and does them when it is back',
  async state => {
    open()
    for (let index = 0; index < JOBS; index++) await add(index)
    const isOut = Promise.withResolvers<() => Promise<void>>()
    beforeThird = async () => isOut.resolve(await bring(state))
    work()
    const end = await isOut.promise
    await sleep(3_000)
    expect(errors.length).toBeLessThan(30)
    await end()
    await expect.poll(() => new Set(served).size, { timeout: 20_000 }).toBe(JOBS)
  },
  60_000,
)

test('a queue and a worker that were opened while the database accepted no connection work once it does', async () => {
  const end = await states.overloaded()
  open()
  work()
  await expect(add(0)).rejects.toThrow()
  await sleep(1_000)
  await end()
  await expect
    .poll(
      () =>
        add(0).then(
          () => true,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true)
  await expect.poll(() => served.length, { timeout: 20_000 }).toBe(1)
})

test('an idle worker finds a job that was added before it could listen again, even if it could not look for jobs then', async () => {
  open()
  // Longer than the test, so that the worker does nothing but wait for jobs.
  work(60)
  await add(0)
  await expect.poll(() => served.length, { timeout: 20_000 }).toBe(1)
  await sleep(1_000)
  const admin = createPool({ url: adminUrl, name: 'admin' })
  const other = createJobQueue({ pool: admin, databaseUrl: adminUrl, log })
  try {
    const end = await states.overloaded()
    await expect.poll(() => errors, { timeout: 20_000 }).toContain('DATABASE_OVERLOADED')
    await add(1, other)
    // It listens on the only connection, and has none left to look for jobs.
    await admin.query(`ALTER ROLE "${role}" CONNECTION LIMIT 1`)
    const listening = `SELECT FROM pg_stat_activity WHERE application_name = 'worker-investigations' AND query ILIKE '%listen%'`
    await expect.poll(async () => (await admin.query(listening)).rowCount, { timeout: 20_000 }).toBe(1)
    await sleep(4_000)
    await end()
    await expect.poll(() => served.length, { timeout: 20_000 }).toBe(2)
  } finally {
    await other.close()
    await admin.end()
  }
}, 90_000)

async function bring(state: 'overloaded' | 'down'): Promise<() => Promise<void>> {
  if (state === 'overloaded') return states.overloaded()
  await postgres.halt()
  return () => postgres.resume()
}
