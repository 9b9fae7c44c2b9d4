import { join } from 'node:path'
import { migrate } from '@goalixa/chassis/migrate'
import { checkPostgres, createPool, inTransaction } from '@goalixa/chassis/postgres'
import { createCheckpointer } from './create-checkpointer.ts'
import { createLeases } from './leases.ts'
import { upgradeStoredData } from './upgrade-stored-data.ts'

type Options = {
  url: string
  name: string
  /** How long a lease lasts after a worker has died or was stopped. */
  leaseSeconds: number
}

/** PostgreSQL with our tables (schema `public`) and LangGraph's checkpoints (schema `langgraph`), made if they are missing. */
export async function openStorage({ url, name, leaseSeconds }: Options) {
  // A worker that is stopped inside of a transaction must not keep its locks for longer than its leases.
  const idleInTransactionMs = leaseSeconds * 1000
  const pool = createPool({ url, name, max: 10, idleInTransactionMs })
  // Of their own, so that no other statement can delay a renewal.
  const leasePool = createPool({
    url,
    name: `${name}-leases`,
    max: 3,
    statementTimeoutMs: idleInTransactionMs,
  })
  const checkpointPool = createPool({ url, name: `${name}-checkpoints`, max: 6, idleInTransactionMs })
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
    leases: createLeases({ pool: leasePool, seconds: leaseSeconds }),
    checkpointer,
    async close() {
      await Promise.all([pool.end(), leasePool.end(), checkpointPool.end()])
    },
  }
}
export type Storage = Awaited<ReturnType<typeof openStorage>>
