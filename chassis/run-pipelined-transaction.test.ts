import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPool, type Pool } from './postgres.ts'
import { runPipelinedTransaction } from './run-pipelined-transaction.ts'
import { startPostgres, type TestPostgres } from './testing/start-postgres.ts'

let postgres: TestPostgres
let pool: Pool

beforeAll(async () => {
  postgres = await startPostgres()
  // One connection, so that each test sees the state that the test before left on it.
  pool = createPool({ url: await postgres.createDatabase(), name: 'test', max: 1, pipeline: true })
  await pool.query('CREATE TABLE things (name text)')
})
afterAll(async () => {
  await pool.end()
  await postgres.stop()
})

const add = (name: string) => ({ text: 'INSERT INTO things VALUES ($1)', values: [name] })
const names = async () => (await runPipelinedTransaction(pool, [{ text: 'SELECT name FROM things' }])).rows

test('statements share a transaction and its local settings, and the last one returns the result', async () => {
  const { rows } = await runPipelinedTransaction(pool, [
    { text: "SELECT set_config('app.user_id', 'ann', true)" },
    add('kept'),
    { text: "SELECT name, current_setting('app.user_id') AS who FROM things" },
  ])
  expect(rows).toEqual([{ name: 'kept', who: 'ann' }])
  const after = await runPipelinedTransaction(pool, [
    { text: "SELECT current_setting('app.user_id', true) AS who" },
  ])
  expect(after.rows).toEqual([{ who: '' }])
})

test('if one fails, its error is thrown, none takes effect, and the connection stays usable', async () => {
  const before = await names()
  const failing = runPipelinedTransaction(pool, [add('lost'), { text: 'SELECT 1 / 0' }, add('behind')])
  await expect(failing).rejects.toThrow('division by zero')
  expect(await names()).toEqual(before)
})

test('a connection that the server ends midway is DATABASE_UNAVAILABLE, and the next one works', async () => {
  const killed = runPipelinedTransaction(pool, [{ text: 'SELECT pg_terminate_backend(pg_backend_pid())' }])
  await expect(killed).rejects.toMatchObject({ kind: 'unavailable', code: 'DATABASE_UNAVAILABLE' })
  expect((await runPipelinedTransaction(pool, [{ text: 'SELECT 1 AS one' }])).rows).toEqual([{ one: 1 }])
})
