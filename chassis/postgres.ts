import pg, { type QueryConfig } from 'pg'
import { corkUntilNextTick } from './cork-until-next-tick.ts'
import { ExpectedError } from './errors.ts'
import type { Metrics } from './metrics.ts'

export type Pool = pg.Pool
export type Client = pg.PoolClient

// Less than a probe waits.
const CHECK_TIMEOUT_MS = 2_000

type Options = {
  url: string
  /** Shows up in pg_stat_activity. */
  name: string
  max?: number
  connectTimeoutMs?: number
  statementTimeoutMs?: number
  /** Sends a query behind others that are not answered yet, so that several cost one round trip. */
  pipeline?: boolean
  /** Seconds after which the server ends the session of a machine that is gone, with the locks it holds; hours unless said. */
  deadPeerSeconds?: number
}

/** A connection pool. An idle connection that dies is replaced, never thrown at the process. */
export function createPool({
  url,
  name,
  max = 10,
  connectTimeoutMs = 2_000,
  statementTimeoutMs = 10_000,
  pipeline = false,
  deadPeerSeconds,
}: Options): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // A server that is frozen ends no statement itself.
    query_timeout: statementTimeoutMs + 2_000,
    idleTimeoutMillis: 10_000,
    pipeline,
    keepAlive: true,
    ...(deadPeerSeconds === undefined ? {} : { options: keepAliveOptions(deadPeerSeconds) }),
  })
  pool.on('error', () => {})
  // A connection that dies while it is lent out tells its borrower by the failed query; unheard, it would end the process.
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

// A third of the time of silence, then two questions.
function keepAliveOptions(seconds: number): string {
  const third = Math.ceil(seconds / 3)
  return `-c tcp_keepalives_idle=${third} -c tcp_keepalives_interval=${third} -c tcp_keepalives_count=2`
}

/** Runs `work` in one transaction: commits what it resolves with, rolls back what it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(rethrowUnavailable)
  let broken: Error | undefined
  try {
    if (client.pipeline) corkUntilNextTick(client)
    const begun = client.query('BEGIN')
    // With a pipeline the work goes out in the same trip. If BEGIN fails the connection is gone, and the work with it.
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

/** Whether the database answers; feeds readiness and `goalixa_dependency_up`. */
export async function checkPostgres(pool: Pool, metrics?: Pick<Metrics, 'dependencyUp'>): Promise<void> {
  try {
    await pool.query({ text: 'SELECT 1', query_timeout: CHECK_TIMEOUT_MS } as QueryConfig)
    metrics?.dependencyUp.set({ dependency: 'postgres' }, 1)
  } catch (error) {
    metrics?.dependencyUp.set({ dependency: 'postgres' }, 0)
    throw new ExpectedError('unavailable', 'DATABASE_UNAVAILABLE', 'The database can not be reached.', {
      cause: error,
    })
  }
}

/** Whether an error says that the database can not be reached or refuses connections (FATAL, or SQLSTATE classes 08, 53, 57P). */
export function isDatabaseDown(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, severity } = error as Error & { code?: unknown; severity?: unknown }
  // FATAL means that PostgreSQL refused or ended the connection, whatever the code.
  if (severity === 'FATAL') return true
  if (
    typeof code === 'string' &&
    /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|08...|53...|57P0.)$/.test(code)
  )
    return true
  return /timeout exceeded when trying to connect|Connection terminated|Query read timeout|not queryable/i.test(
    error.message,
  )
}

/** Turns "the database is away" into `unavailable` DATABASE_UNAVAILABLE and throws everything else as it is. */
export function rethrowUnavailable(error: unknown): never {
  if (isDatabaseDown(error))
    throw new ExpectedError('unavailable', 'DATABASE_UNAVAILABLE', 'The database can not be reached.', {
      cause: error,
    })
  throw error
}
