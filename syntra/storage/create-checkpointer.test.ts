import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCheckpointer } from './create-checkpointer.ts'

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

// Ids begin with the time, as those of LangGraph do.
const AHEAD = '1f1cd600-0000-6000-8000-000000000001'
const TRUE_TIME = '1f1cd000-0000-6000-8000-000000000002'
const checkpoint = (id: string, round: number) => ({
  v: 4,
  id,
  ts: new Date().toISOString(),
  channel_values: { round },
  channel_versions: { round },
  versions_seen: {},
})
const metadata = { source: 'loop' as const, step: 1, parents: {} }

test('a thread continues at the checkpoint that was written last, not at that of a worker whose clock was ahead', async () => {
  const checkpointer = createCheckpointer(pool)
  await checkpointer.setup()
  await checkpointer.setup()
  const thread = { configurable: { thread_id: 'thread-1', checkpoint_ns: '' } }
  expect(await checkpointer.getTuple(thread)).toBeUndefined()
  const first = await checkpointer.put(thread, checkpoint(AHEAD, 1), metadata, { round: 1 })
  await checkpointer.put(
    { configurable: { ...thread.configurable, ...first.configurable } },
    checkpoint(TRUE_TIME, 2),
    metadata,
    { round: 2 },
  )
  const latest = await checkpointer.getTuple(thread)
  expect(latest?.checkpoint).toMatchObject({ id: TRUE_TIME, channel_values: { round: 2 } })
  expect(latest?.parentConfig?.configurable?.checkpoint_id).toBe(AHEAD)
  const named = await checkpointer.getTuple({
    configurable: { ...thread.configurable, checkpoint_id: AHEAD },
  })
  expect(named?.checkpoint.id).toBe(AHEAD)
})
