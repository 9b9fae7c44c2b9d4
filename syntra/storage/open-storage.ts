import { join } from 'node:path'
import { migrate } from '@goalixa/chassis/migrate'
import { checkPostgres, createPool, inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { createCheckpointer } from './create-checkpointer.ts'
import { createLeases } from './leases.ts'
import { upgradeStoredData } from './upgrade-stored-data.ts'

type Options = {
  url: string
  name: string
  /** How long a lease lasts after a worker has died or was suspended. */
  leaseSeconds: number
  /** Connections for statements. In addition there are half as many for checkpoints, and three for leases. */
  connections?: number
  /** How long a statement waits for a connection. */
  waitMs?: number
  /** Called for each lease that is lost while work continues under it. */
  onLeaseLost?: () => void
}

/** PostgreSQL with our tables (schema `public`) and LangGraph's checkpoints (schema `langgraph`), made if they are missing. */
export async function openStorage({
  url,
  name,
  leaseSeconds,
  connections = 10,
  waitMs,
  onLeaseLost,
}: Options) {
  // A worker that is suspended inside a transaction must not keep its locks for longer than its leases.
  const idleInTransactionMs = leaseSeconds * 1000
  const pools: Pool[] = []
  const { pool, checkpointer } = openPools(name, connections)
  // A separate pool, so that no other statement can delay a renewal.
  const leasePool = open(`${name}-leases`, { max: 3, statementTimeoutMs: idleInTransactionMs })
  await migrate(pool, join(import.meta.dirname, '../migrations'))
  // The checkpointer's own migrations do not expect a second process to run them at the same time.
  await inTransaction(pool, async client => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('syntra:langgraph', 0))`)
    await checkpointer.setup()
  })
  await upgradeStoredData(pool, checkpointer)
  // Records the granted privileges, so that one that is revoked later is noticed. Whether the database is busy just now is for readiness to say.
  await checkPostgres(pool).catch(() => {})
  const leases = createLeases({ pool: leasePool, seconds: leaseSeconds, onLost: onLeaseLost })
  return {
    pool,
    leases,
    checkpointer,
    /**
     * The same storage with its own connection pools, so that one part of the process never waits for another part's statements. `admit`
     * is awaited before a connection is given out.
     */
    openOwn: (part: string, own: number, admit?: () => Promise<void>) => ({
      ...openPools(`${name}-${part}`, own, admit),
      leases,
    }),
    async close() {
      await Promise.all(pools.map(opened => opened.end()))
    },
  }

  function openPools(as: string, max: number, admit?: () => Promise<void>) {
    const statements = open(as, { max, idleInTransactionMs, admit })
    const checkpoints = open(`${as}-checkpoints`, { max: Math.ceil(max / 2), idleInTransactionMs, admit })
    return { pool: statements, checkpointer: createCheckpointer(checkpoints) }
  }

  function open(
    as: string,
    options: {
      max: number
      idleInTransactionMs?: number
      statementTimeoutMs?: number
      admit?: () => Promise<void>
    },
  ) {
    const opened = createPool({ url, name: as, connectTimeoutMs: waitMs, ...options })
    pools.push(opened)
    return opened
  }
}
export type Storage = Awaited<ReturnType<typeof openStorage>>
