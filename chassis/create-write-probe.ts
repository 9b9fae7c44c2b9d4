import pg from 'pg'
import { createDatabaseTrouble, databaseTroubleOf } from './database-trouble.ts'
import type { ExpectedError } from './errors.ts'

// Below the timeout of a Kubernetes probe (3 s).
const DEADLINE_MS = 2_000
const LOCK_TIMEOUT_MS = 1_000
const MAX_TABLES = 200
const SCRATCH_PAGES = 128

type Table = { id: string; name: string; rights: string[] }

/**
 * Creates a function that checks whether the database can do a service's work. It uses its own connection, so that an exhausted
 * pool is not mistaken for a database that is down. It resolves with what is wrong, or with undefined. It checks that the database accepts writes,
 * that no privilege was revoked since the last success, and that no other session has locked a table against writes. After
 * DATABASE_FULL it also writes a megabyte to a temporary table.
 */
export function createWriteProbe(url: string) {
  const granted = new Map<string, Set<string>>()

  return async (suspicion?: string): Promise<ExpectedError | undefined> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'write-probe',
      // Longer than the overall deadline, which is meant to fire first.
      connectionTimeoutMillis: 2 * DEADLINE_MS,
      query_timeout: 2 * DEADLINE_MS,
    })
    client.on('error', () => {})
    const deadline = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => deadline.reject(createDatabaseTrouble('DATABASE_SLOW', new Error('no answer to a probe'))),
      DEADLINE_MS,
    )
    try {
      return await Promise.race([tryToWrite(client, suspicion), deadline.promise])
    } catch (error) {
      return databaseTroubleOf(error) ?? createDatabaseTrouble('DATABASE_UNAVAILABLE', error)
    } finally {
      clearTimeout(timer)
      deadline.promise.catch(() => {})
      client.end().catch(() => {})
    }
  }

  async function tryToWrite(
    client: pg.Client,
    suspicion: string | undefined,
  ): Promise<ExpectedError | undefined> {
    await client.connect()
    await client.query('BEGIN')
    const state = await client.query<{ isReadOnly: boolean; isStandby: boolean }>(
      `SELECT current_setting('transaction_read_only') = 'on' AS "isReadOnly", pg_is_in_recovery() AS "isStandby"`,
    )
    if (state.rows[0]?.isReadOnly || state.rows[0]?.isStandby)
      return createDatabaseTrouble(
        'DATABASE_READ_ONLY',
        new Error(
          state.rows[0].isStandby ? 'the server is in recovery' : 'transactions are read-only by default',
        ),
      )
    const tables = await readTables(client)
    const missing = missingRight(tables)
    if (missing)
      return createDatabaseTrouble('DATABASE_FORBIDDEN', new Error(`permission denied: ${missing}`))
    await lockForWrites(client, tables)
    if (suspicion === 'DATABASE_FULL')
      await client.query(
        `CREATE TEMPORARY TABLE write_probe ON COMMIT DROP AS SELECT repeat('x', 7000) FROM generate_series(1, ${SCRATCH_PAGES})`,
      )
    await client.query('ROLLBACK')
    remember(tables)
    return undefined
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
async function readTables(client: pg.Client): Promise<Table[]> {
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

// The weakest lock that a write takes: it conflicts only with what would block writes.
async function lockForWrites(client: pg.Client, tables: Table[]): Promise<void> {
  const names = tables.filter(({ rights }) => rights.includes('UPDATE')).map(({ name }) => name)
  if (names.length === 0) return
  await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`)
  await client.query(`LOCK TABLE ${names.join(', ')} IN ROW EXCLUSIVE MODE`)
}
