import pg, { type QueryConfig } from 'pg'
import { corkUntilNextTick } from './cork-until-next-tick.ts'
import type { DatabaseCircuit } from './create-database-circuit.ts'
import { shareDatabaseCircuit } from './database-circuits.ts'
import { createDatabaseError, databaseErrorOf } from './database-errors.ts'
import type { Metrics } from './metrics.ts'
import { watchDatabase } from './watch-database.ts'

export type Pool = pg.Pool
export type Client = pg.PoolClient

// Shorter than the timeout of a probe.
const CHECK_TIMEOUT_MS = 2_000

const circuits = new WeakMap<Pool, DatabaseCircuit>()

type Options = {
  url: string
  /** The application name in pg_stat_activity. */
  name: string
  max?: number
  connectTimeoutMs?: number
  statementTimeoutMs?: number
  /** Sends queries without waiting for the answers to earlier ones, so that several cost one round trip. */
  pipeline?: boolean
  /** After this time the server ends a session that is idle inside a transaction, and frees its locks. */
  idleInTransactionMs?: number
  /** The schema of unqualified names, `public` by default. */
  searchPath?: string
  /** Awaited before a connection is given out, on top of `connectTimeoutMs`. */
  admit?: () => Promise<void>
}

/**
 * Creates a connection pool. An idle connection that dies is replaced; it never ends the process. While the database cannot be used,
 * whatever the reason, the pool refuses at once instead of letting each caller find out.
 */
export function createPool({
  url,
  name,
  max = 10,
  connectTimeoutMs = 2_000,
  statementTimeoutMs = 10_000,
  pipeline = false,
  idleInTransactionMs = 10_000,
  searchPath,
  admit,
}: Options): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // A frozen server enforces no statement timeout.
    query_timeout: statementTimeoutMs + 2_000,
    idleTimeoutMillis: 10_000,
    pipeline,
    keepAlive: true,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    options: searchPath && `-c search_path=${searchPath}`,
  })
  pool.on('error', () => {})
  // A dead connection fails the query that uses it; an unhandled event would end the process.
  pool.on('connect', client => client.on('error', () => {}))
  const { circuit, lockWatch, release } = shareDatabaseCircuit(url, pool)
  watchDatabase(pool, { circuit, lockWatch }, { admit, onEnd: release })
  circuits.set(pool, circuit)
  return pool
}

/** Runs `work` in one transaction: commits what it resolves with, rolls back what it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(rethrowUnavailable)
  let broken: Error | undefined
  try {
    if (client.pipeline) corkUntilNextTick(client)
    const begun = client.query('BEGIN')
    // With a pipeline, the work is sent in the same round trip. If BEGIN fails, the connection is lost and the work with it.
    if (client.pipeline) begun.catch(() => {})
    else await begun
    const result = await work(client)
    await begun
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((reason: Error) => {
      broken = reason
    })
    return rethrowUnavailable(error)
  } finally {
    client.release(broken)
  }
}

/**
 * Resolves if the database can do the service's work, else rejects with `unavailable` and the reason; sets `goalixa_dependency_up`. For a
 * pool made by `createPool` this covers writes, privileges and locks.
 */
export async function checkPostgres(pool: Pool, metrics?: Pick<Metrics, 'dependencyUp'>): Promise<void> {
  try {
    const circuit = circuits.get(pool)
    await circuit?.decide()
    const refusal = circuit?.refusal()
    if (refusal) throw refusal
    await pool.query({ text: 'SELECT 1', query_timeout: CHECK_TIMEOUT_MS } as QueryConfig)
    metrics?.dependencyUp.set({ dependency: 'postgres' }, 1)
  } catch (error) {
    metrics?.dependencyUp.set({ dependency: 'postgres' }, 0)
    throw databaseErrorOf(error) ?? createDatabaseError('DATABASE_UNAVAILABLE', error)
  }
}

/** Throws `unavailable` with the reason while the database is known to be unusable, so that callers need not wait for it. */
export function assertDatabaseUsable(pool: Pool): void {
  const refusal = circuits.get(pool)?.refusal()
  if (refusal) throw refusal
}

/** Returns whether an error means that the database is unreachable, or in a state in which it refuses work. */
export function isDatabaseDown(error: unknown): boolean {
  return databaseErrorOf(error) !== undefined
}

/** Throws `unavailable` with the reason if the error is the database's, else the error itself. */
export function rethrowUnavailable(error: unknown): never {
  throw databaseErrorOf(error) ?? error
}
