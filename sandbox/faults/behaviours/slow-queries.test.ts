import { createPool } from '@goalixa/chassis/postgres'
import { runPipelinedTransaction } from '@goalixa/chassis/run-pipelined-transaction'
import { startPostgres } from '@goalixa/chassis/testing/start-postgres'
import { expect, test } from 'vitest'
import './slow-queries.ts'

test('a release with too many queries is slow but correct: reads stay inside their transaction', async () => {
  const postgres = await startPostgres()
  const pool = createPool({ url: await postgres.createDatabase(), name: 'test', max: 1, pipeline: true })
  const { rows } = await runPipelinedTransaction(pool, [
    { text: "SELECT set_config('app.user_id', 'ann', true)" },
    { text: "SELECT current_setting('app.user_id', true) AS who" },
  ])
  expect(rows).toEqual([{ who: 'ann' }])
  const failing = runPipelinedTransaction(pool, [{ text: 'SELECT 1 / 0' }])
  await expect(failing).rejects.toThrow('division by zero')
  expect((await runPipelinedTransaction(pool, [{ text: 'SELECT 1 AS one' }])).rows).toEqual([{ one: 1 }])
  await pool.end()
  await postgres.stop()
})
