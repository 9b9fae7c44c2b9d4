import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { QueryConfig } from 'pg'
import { ExpectedError } from './errors.ts'
import { type Client, inTransaction, type Pool } from './postgres.ts'

// A timer cannot be longer.
const UNLIMITED_MS = 2 ** 31 - 1
// While a migration waits for a table, everything that needs the table waits behind it.
const TABLE_LOCK_TIMEOUT_MS = 10_000

/**
 * Applies the numbered `.sql` files of a folder that the database does not have yet, each in its own transaction, in
 * order, and may take any time, as an index on a large table does. Safe from many processes at once: an advisory lock lets one of
 * them work, and the others wait. Returns the names it applied.
 * Throws `conflict` MIGRATION_CHANGED if a file is not the one that was applied under its name.
 */
export async function migrate(
  pool: Pool,
  folder: string,
  { schema = 'public' }: { schema?: string } = {},
): Promise<string[]> {
  const files = (await readdir(folder)).filter(name => /^\d+.*\.sql$/.test(name)).toSorted()
  const applied: string[] = []
  for (const file of files) {
    const sql = await readFile(join(folder, file), 'utf8')
    const isNew = await inTransaction(pool, async client => {
      await client.query('SET LOCAL statement_timeout = 0')
      await queryUnlimited(client, 'SELECT pg_advisory_xact_lock(hashtext($1))', [`migrate:${schema}`])
      await client.query(`SET LOCAL lock_timeout = ${TABLE_LOCK_TIMEOUT_MS}`)
      await enterSchema(client, schema)
      return applyOnce(client, { file, sql })
    })
    if (isNew) applied.push(file)
  }
  return applied
}

// Checks before it creates or alters: both need rights that a plain login may lack, even with IF NOT EXISTS.
async function enterSchema(client: Client, schema: string): Promise<void> {
  const { rowCount: hasSchema } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema])
  if (hasSchema === 0) await client.query(`CREATE SCHEMA ${quote(schema)}`)
  await client.query(`SET LOCAL search_path TO ${quote(schema)}`)
  await client.query(
    `CREATE TABLE IF NOT EXISTS migrations
       (name text PRIMARY KEY, checksum text, applied_at timestamptz NOT NULL DEFAULT now())`,
  )
  const { rowCount: hasChecksum } = await client.query(
    `SELECT FROM pg_attribute WHERE attrelid = 'migrations'::regclass AND attname = 'checksum'`,
  )
  if (hasChecksum === 0) await client.query('ALTER TABLE migrations ADD checksum text')
}

async function applyOnce(client: Client, { file, sql }: { file: string; sql: string }): Promise<boolean> {
  const checksum = createHash('sha256').update(sql).digest('hex')
  const { rowCount } = await client.query(
    'INSERT INTO migrations (name, checksum) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [file, checksum],
  )
  if (rowCount === 1) {
    await queryUnlimited(client, sql)
    return true
  }
  const { rows } = await client.query<{ checksum: string | null; applied_at: Date }>(
    'SELECT checksum, applied_at FROM migrations WHERE name = $1',
    [file],
  )
  // Version 0.1 stored no checksum, so the current file is assumed to be the one that it applied.
  for (const earlier of rows)
    if (earlier.checksum === null)
      await client.query('UPDATE migrations SET checksum = $2 WHERE name = $1', [file, checksum])
    else if (earlier.checksum !== checksum)
      throw new ExpectedError(
        'conflict',
        'MIGRATION_CHANGED',
        `Migration ${file} was changed after it had been applied (on ${earlier.applied_at.toISOString()}); ` +
          'expected the file that was applied. Restore it, and make the change in a new migration.',
      )
  return false
}

/** A query without the driver's timeout. */
async function queryUnlimited(client: Client, text: string, values?: unknown[]): Promise<void> {
  await client.query({ text, values, query_timeout: UNLIMITED_MS } as QueryConfig)
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}
