import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import pg from 'pg'

/** Restores the dump of a version of Syntra into an empty database. */
export async function restoreDatabase(databaseUrl: string, version: string): Promise<void> {
  const dump = await readFile(join(import.meta.dirname, version, 'syntra.sql.gz'))
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query((await promisify(gunzip)(dump)).toString())
  } finally {
    await client.end()
  }
}
