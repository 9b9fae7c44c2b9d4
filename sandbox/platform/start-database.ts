import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import pg from 'pg'
import type { Supervisor } from './create-supervisor.ts'

/** The databases, each with its own role: no service can read another's database. */
const DATABASES = [
  { role: 'auth', database: 'authdb' },
  { role: 'core', database: 'goalixa' },
  { role: 'syntra', database: 'syntra' },
] as const

/** Starts a real PostgreSQL with the databases and roles of the platform. URLs are for processes on this machine. */
export async function startDatabase(supervisor: Supervisor, dataDir: string) {
  const port = await findFreePort()
  supervisor.service('postgres', 'sandbox/postgres/main.ts', {
    PORT: String(port),
    DATA_DIR: join(dataDir, 'postgres'),
  })
  const adminUrl = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`
  await supervisor.until('a connection to PostgreSQL', () => query(adminUrl, 'SELECT 1').then(() => true))
  for (const { role, database } of DATABASES) {
    await query(adminUrl, `CREATE ROLE ${role} LOGIN PASSWORD '${role}'`)
    await query(adminUrl, `CREATE DATABASE ${database} OWNER ${role}`)
  }
  return {
    port,
    adminUrl,
    syntraUrl: `postgres://syntra:syntra@127.0.0.1:${port}/syntra`,
    /** Runs one statement as the superuser, as a database administrator would. */
    administer: (sql: string) => query(adminUrl, sql),
  }
}
export type Database = Awaited<ReturnType<typeof startDatabase>>

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end().catch(() => {})
  }
}
