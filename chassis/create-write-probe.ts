import pg from 'pg'
import { createDatabaseError, databaseErrorOf } from './database-errors.ts'
import type { ExpectedError } from './errors.ts'

// Below the timeout of a Kubernetes probe (3 s).
const DEADLINE_MS = 2_000
const LOCK_TIMEOUT_MS = 1_000
const MAX_TABLES = 200
const SCRATCH_PAGES = 128
const TOO_MANY_CONNECTIONS = '53300'
const LOCK_FAILURES = new Set(['55P03', '40P01'])

type Table = { id: string; name: string; rights: string[] }
type Session = Pick<pg.Client, 'query'>

/** What a probe found: why no request can succeed, or the tables whose requests cannot, because another session has locked them. */
export type ProbeResult = { error?: ExpectedError; lockedTables: string[] }

/** Lends a connection of a pool: undefined if the pools have none, `busy` if all are in use, which shows that the database works. */
export type Lend = () => Promise<pg.PoolClient | 'busy' | undefined>

/**
 * Creates a function that checks whether the database can do a service's work. It uses its own connection, so that an exhausted
 * pool is not mistaken for a database that is down; where the server has none left for it, one that a pool already has. It checks that the database
 * accepts writes, that no privilege was revoked since the last success, and which tables other sessions have locked against writes. After
 * DATABASE_FULL it also writes a megabyte to a temporary table.
 */
export function createWriteProbe(url: string, lend: Lend) {
  const granted = new Map<string, Set<string>>()

  return async (suspicion?: string): Promise<ProbeResult> => {
    const deadline = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => deadline.reject(createDatabaseError('DATABASE_SLOW', new Error('no answer to a probe'))),
      DEADLINE_MS,
    )
    deadline.promise.catch(() => {})
    try {
      return await Promise.race([probeOnOwnConnection(suspicion), deadline.promise])
    } catch (error) {
      return {
        error: databaseErrorOf(error) ?? createDatabaseError('DATABASE_UNAVAILABLE', error),
        lockedTables: [],
      }
    } finally {
      clearTimeout(timer)
    }
  }

  async function probeOnOwnConnection(suspicion: string | undefined): Promise<ProbeResult> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'write-probe',
      // Longer than the overall deadline, which is meant to fire first.
      connectionTimeoutMillis: 2 * DEADLINE_MS,
      query_timeout: 2 * DEADLINE_MS,
    })
    client.on('error', () => {})
    try {
      await client.connect()
      return await tryToWrite(client, suspicion)
    } catch (error) {
      if ((error as { code?: unknown }).code !== TOO_MANY_CONNECTIONS) throw error
      return await probeOnLentConnection(suspicion, error)
    } finally {
      client.end().catch(() => {})
    }
  }

  async function probeOnLentConnection(
    suspicion: string | undefined,
    refusal: unknown,
  ): Promise<ProbeResult> {
    const client = await lend()
    if (client === undefined) throw refusal
    if (client === 'busy') return { lockedTables: [] }
    let broken = true
    try {
      const result = await tryToWrite(client, suspicion)
      await client.query('ROLLBACK')
      broken = false
      return result
    } finally {
      client.release(broken)
    }
  }

  async function tryToWrite(client: Session, suspicion: string | undefined): Promise<ProbeResult> {
    await client.query('BEGIN')
    const state = await client.query<{ isReadOnly: boolean; isStandby: boolean }>(
      `SELECT current_setting('transaction_read_only') = 'on' AS "isReadOnly", pg_is_in_recovery() AS "isStandby"`,
    )
    if (state.rows[0]?.isReadOnly || state.rows[0]?.isStandby)
      throw createDatabaseError(
        'DATABASE_READ_ONLY',
        new Error(
          state.rows[0].isStandby ? 'the server is in recovery' : 'transactions are read-only by default',
        ),
      )
    const tables = await readTables(client)
    const missing = missingRight(tables)
    if (missing) throw createDatabaseError('DATABASE_FORBIDDEN', new Error(`permission denied: ${missing}`))
    const writable = tables.filter(({ rights }) => rights.includes('UPDATE'))
    const locked = await findLocked(client, writable)
    if (locked.length > 0 && locked.length === writable.length)
      throw createDatabaseError('DATABASE_LOCKED', new Error('every table is locked against writes'))
    if (suspicion === 'DATABASE_FULL')
      await client.query(
        `CREATE TEMPORARY TABLE write_probe ON COMMIT DROP AS SELECT repeat('x', 7000) FROM generate_series(1, ${SCRATCH_PAGES})`,
      )
    await client.query('ROLLBACK')
    remember(tables)
    return { lockedTables: locked.map(({ name }) => name) }
  }

  function missingRight(tables: Table[]): string | undefined {
    for (const { id, name, rights } of tables)
      for (const right of granted.get(id) ?? []) if (!rights.includes(right)) return `${right} on ${name}`
    return undefined
  }

  function remember(tables: Table[]) {
    granted.clear()
    for (const { id, rights } of tables) granted.set(id, new Set(rights))
  }
}
export type WriteProbe = ReturnType<typeof createWriteProbe>

// Those of the service; others in the same database say nothing about it. One that owns none uses what a migration of another role made.
async function readTables(client: Session): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `SELECT c.oid::text AS id, format('%I.%I', n.nspname, c.relname) AS name,
       ARRAY(SELECT p FROM unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) p
             WHERE has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, p)) AS rights
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles own ON own.rolname = current_user
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND (c.relowner = own.oid OR NOT EXISTS (SELECT FROM pg_class WHERE relowner = own.oid AND relkind IN ('r', 'p')))
     ORDER BY c.oid LIMIT ${MAX_TABLES}`,
  )
  return rows
}

/** The tables that another session has locked against writes, or is waiting to lock, for longer than the timeout. */
async function findLocked(client: Session, tables: Table[]): Promise<Table[]> {
  if (tables.length === 0) return []
  await client.query(`SAVEPOINT unlocked; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`)
  try {
    // The weakest lock that a write takes: it conflicts only with what would block writes.
    await client.query(`LOCK TABLE ${tables.map(({ name }) => name).join(', ')} IN ROW EXCLUSIVE MODE`)
    return []
  } catch (error) {
    if (!LOCK_FAILURES.has(String((error as { code?: unknown }).code))) throw error
    await client.query('ROLLBACK TO SAVEPOINT unlocked')
  }
  const { rows } = await client.query<{ id: string }>(
    `SELECT DISTINCT coalesce(pg_partition_root(relation), relation)::oid::text AS id FROM pg_locks
     WHERE locktype = 'relation' AND pid <> pg_backend_pid()
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')`,
  )
  const locked = new Set(rows.map(({ id }) => id))
  return tables.filter(({ id }) => locked.has(id))
}
