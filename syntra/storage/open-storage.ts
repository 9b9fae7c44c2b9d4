import { join } from 'node:path'
import { migrate } from '@goalixa/chassis/migrate'
import { checkPostgres, createPool, inTransaction } from '@goalixa/chassis/postgres'
import { createCheckpointer } from './create-checkpointer.ts'
import { upgradeStoredData } from './upgrade-stored-data.ts'

type Options = { url: string; name: string; concurrency: number }

/** PostgreSQL with our tables (schema `public`) and LangGraph's checkpoints (schema `langgraph`), made if they are missing. */
export async function openStorage({ url, name, concurrency }: Options) {
  const pool = createPool({ url, name, max: 10 })
  // A thread holds one connection for its lock and another for its target's.
  const lockPool = createPool({
    url,
    name: `${name}-locks`,
    max: 2 * concurrency + 2,
    statementTimeoutMs: 0,
    // A worker whose machine died must not keep its threads and targets locked.
    deadPeerSeconds: 30,
  })
  const checkpointPool = createPool({ url, name: `${name}-checkpoints`, max: 6 })
  await migrate(pool, join(import.meta.dirname, '../migrations'))
  const checkpointer = createCheckpointer(checkpointPool)
  // The checkpointer's own migrations do not expect a second process to run them at the same time.
  await inTransaction(pool, async client => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('syntra:langgraph', 0))`)
    await checkpointer.setup()
  })
  await upgradeStoredData(pool, checkpointer)
  // From now on, a right that is taken away is noticed.
  await checkPostgres(pool)
  return {
    pool,
    lockPool,
    checkpointer,
    async close() {
      await Promise.all([pool.end(), lockPool.end(), checkpointPool.end()])
    },
  }
}
export type Storage = Awaited<ReturnType<typeof openStorage>>
