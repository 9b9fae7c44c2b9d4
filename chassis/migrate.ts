import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inTransaction, type Pool } from './postgres.ts'

/**
 * Applies the numbered `.sql` files of a folder that were not applied yet, each in its own transaction, in order.
 * Safe from many processes at once: an advisory lock lets one of them work. Returns the names it applied.
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
      await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`migrate:${schema}`])
      // Asked first: creating, even IF NOT EXISTS, needs a right on the database that a plain login may lack.
      const { rowCount: isThere } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [
        schema,
      ])
      if (isThere === 0) await client.query(`CREATE SCHEMA ${quote(schema)}`)
      await client.query(`SET LOCAL search_path TO ${quote(schema)}`)
      await client.query(
        'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
      )
      const { rowCount } = await client.query(
        'INSERT INTO migrations (name) VALUES ($1) ON CONFLICT DO NOTHING',
        [file],
      )
      if (rowCount === 0) return false
      await client.query(sql)
      return true
    })
    if (isNew) applied.push(file)
  }
  return applied
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}
