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
let states: DatabaseStates
let pool: Pool
let queue: JobQueue
let worker: OpenWorker | undefined
let served: string[]
let errors: number

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  const role = `worker_${randomBytes(4).toString('hex')}`
  const owned = await createOwnedDatabase(postgres.url('postgres'), role)
  databaseUrl = owned.url
  states = databaseStates(owned.adminUrl, role, [])
  pool = createPool({ url: databaseUrl, name: 'test' })
  served = []
  errors = 0
})
afterEach(async () => {
  await worker?.close(true)
  await queue.close()
  await pool.end()
})

function open() {
  queue = createJobQueue({ pool, databaseUrl, log: createLog({ service: 'test', level: 'silent' }) })
}
const add = (index: number) =>
  queue.add(
    'investigations',
    {
      investigationId: `01900000-0000-7000-8000-00000000000${index}`,
      why: 'test',
      queuedAt: new Date().toISOString(),
    },
    index + 1,
  )
function work() {
  worker = queue.startWorker(
    'investigations',
    async ({ investigationId }) => {
      if (served.push(investigationId) === 2) await beforeThird()
      return 'done'
    },
    { concurrency: 1, lockSeconds: 1 },
  )
  worker.on('error', () => {
    errors += 1
  })
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
    expect(errors).toBeLessThan(30)
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

async function bring(state: 'overloaded' | 'down'): Promise<() => Promise<void>> {
  if (state === 'overloaded') return states.overloaded()
  await postgres.halt()
  return () => postgres.resume()
}
