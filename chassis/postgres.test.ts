import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'
import { checkPostgres, createPool, inTransaction, type Pool } from './postgres.ts'
import { startPostgres, type TestPostgres } from './testing/start-postgres.ts'

let postgres: TestPostgres
let pool: Pool

beforeAll(async () => {
  postgres = await startPostgres()
  pool = createPool({ url: await postgres.createDatabase(), name: 'test', max: 1, connectTimeoutMs: 300 })
  await pool.query('CREATE TABLE things (name text)')
})
afterAll(async () => {
  await pool.end()
  await postgres.stop()
})

const count = async () => (await pool.query('SELECT count(*)::int AS n FROM things')).rows[0].n

test('a transaction that throws is rolled back and releases its connection', async () => {
  const bug = new Error('a bug')
  const failing = inTransaction(pool, async client => {
    await client.query("INSERT INTO things VALUES ('x')")
    throw bug
  })
  await expect(failing).rejects.toBe(bug)
  expect(await count()).toBe(0)
})

test('a connection that the server ends mid-transaction is DATABASE_UNAVAILABLE, and the next one works', async () => {
  const killed = inTransaction(pool, client => client.query('SELECT pg_terminate_backend(pg_backend_pid())'))
  await expect(killed).rejects.toMatchObject({ kind: 'unavailable', code: 'DATABASE_UNAVAILABLE' })
  expect(await inTransaction(pool, async client => (await client.query('SELECT 1 AS one')).rows)).toEqual([
    { one: 1 },
  ])
})

test('an exhausted pool is POOL_EXHAUSTED after the connect timeout, and refuses nobody else', async () => {
  await inTransaction(pool, async () => {
    await expect(inTransaction(pool, async () => {})).rejects.toMatchObject({ code: 'POOL_EXHAUSTED' })
  })
  expect(await count()).toBe(0)
})

test('a frozen server counts as unavailable within two seconds', async () => {
  const { rows } = await pool.query('SELECT pg_backend_pid() AS pid')
  process.kill(rows[0].pid, 'SIGSTOP')
  try {
    await expect(checkPostgres(pool)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  } finally {
    process.kill(rows[0].pid, 'SIGCONT')
  }
  await checkPostgres(pool)
})

test('a refused login counts as an unavailable database, for callers and for the metric', async () => {
  const url = new URL(postgres.url('postgres'))
  url.password = 'wrong'
  const refused = createPool({ url: url.href, name: 'test' })
  const metrics = createMetrics()
  await expect(checkPostgres(refused, metrics)).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    cause: { message: expect.stringContaining('password authentication failed') },
  })
  expect(await metrics.registry.metrics()).toContain('goalixa_dependency_up{dependency="postgres"} 0')
  await checkPostgres(pool, metrics)
  expect(await metrics.registry.metrics()).toContain('goalixa_dependency_up{dependency="postgres"} 1')
  await refused.end()
})

test('the server ends a session that leaves its transaction open, and frees its locks', async () => {
  const url = await postgres.createDatabase()
  const stopped = createPool({ url, name: 'stopped', max: 1, idleInTransactionMs: 200 })
  const other = createPool({ url, name: 'other', max: 1 })
  try {
    const client = await stopped.connect()
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock(1)')
    await other.query('SELECT pg_advisory_lock(1)')
    await expect(client.query('COMMIT')).rejects.toThrow()
    client.release(true)
  } finally {
    await Promise.all([stopped.end(), other.end()])
  }
})
