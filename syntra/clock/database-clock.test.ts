import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabaseClock } from './database-clock.ts'

const DAY_MS = 86_400_000
let postgres: TestPostgres
let pool: Pool

beforeAll(async () => {
  postgres = await startPostgres()
  pool = createPool({ url: await postgres.createDatabase(), name: 'test' })
})
afterAll(async () => {
  await pool.end()
  await postgres.stop()
})

const databaseMs = async () => (await pool.query('SELECT clock_timestamp() AS now')).rows[0].now.getTime()

test.each([
  ['the wall clock jumps ahead', { wall: DAY_MS }, 0],
  ['the wall clock is set back', { wall: -DAY_MS }, 0],
  ['wall and monotonic clock jump ahead', { wall: DAY_MS, monotonic: DAY_MS }, 0],
  ['the machine was suspended', { wall: DAY_MS, boot: DAY_MS }, 0],
  ['time passes', { wall: 60_000, monotonic: 60_000, boot: 60_000 }, 60_000],
] as const)('%s: the time stays that of the database', async (_what, jumps, passedMs) => {
  const clocks = { wall: Date.now() + 5 * DAY_MS, monotonic: 1_000, boot: 50_000 }
  const clock = await createDatabaseClock(pool, () => Object.values(clocks))
  // The readings of the test's clocks move only here.
  clock.stop()
  const before = await databaseMs()
  for (const [name, ms] of Object.entries(jumps)) clocks[name as keyof typeof clocks] += ms
  const drift = clock.now().getTime() - before
  expect(Math.abs(drift - passedMs)).toBeLessThan(30_000)
  expect(Math.abs((await clock.read()).getTime() - (await databaseMs()))).toBeLessThan(30_000)
})
