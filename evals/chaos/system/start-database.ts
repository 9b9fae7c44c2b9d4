import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import pg from 'pg'
import { createDatabaseProxy } from './create-database-proxy.ts'
import { keepRunning } from './keep-running.ts'
import { mountSmallDisk } from './mount-small-disk.ts'
import { programOf } from './program-of.ts'

/** How long PostgreSQL stays away when it is stopped or killed: longer than a lease. */
const OUTAGE_MS = 5_000

/** Starts PostgreSQL, on a small disk of its own where that can be mounted, and creates the database `syntra`. */
export async function startDatabase(dataDir: string) {
  const [port, disk] = [await findFreePort(), await mountSmallDisk(dataDir)]
  const server = keepRunning({
    ...programOf('postgres', dataDir, ['sandbox/postgres/main.ts'], {
      PORT: String(port),
      DATA_DIR: join(disk?.folder ?? dataDir, 'postgres'),
    }),
    restartMs: OUTAGE_MS,
  })
  const urlOf = (user: string, database: string, at = port) =>
    `postgres://${user}:${user}@127.0.0.1:${at}/${database}`
  const superuser = createOwnPool(urlOf('postgres', 'postgres'))
  const own = createOwnPool(urlOf('postgres', 'syntra'))
  await patiently(() => superuser.query('SELECT 1'))
  await superuser.query(`CREATE ROLE syntra LOGIN PASSWORD 'syntra'`)
  await superuser.query('CREATE DATABASE syntra OWNER syntra')

  return {
    server,
    disk,
    /** Runs a statement as the superuser in the database `syntra`, past every proxy, and again until the server answers. */
    query: (sql: string, values: unknown[] = []) => patiently(() => own.query(sql, values)),
    /** Ends the sessions that come from these ports of a proxy. */
    endSessions: (ports: number[]) =>
      own.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE client_port = ANY($1)', [
        ports,
      ]),
    isAnswering: () =>
      own.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    /** A proxy to the database for one process, and the URL through it. */
    async openProxy() {
      const proxy = await createDatabaseProxy(port)
      return { proxy, url: urlOf('syntra', 'syntra', proxy.port) }
    },
    async stop() {
      await Promise.all([superuser.end(), own.end()]).catch(() => undefined)
      await server.stop()
      await disk?.unmount()
    },
  }
}

/** A pool without the product's circuit breaker: it has to reach a database that refuses work, in order to heal it. */
function createOwnPool(connectionString: string) {
  const pool = new pg.Pool({
    connectionString,
    application_name: 'chaos',
    max: 4,
    connectionTimeoutMillis: 2_000,
    query_timeout: 12_000,
  })
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

async function patiently<T>(work: () => Promise<T>, timeoutMs = 60_000): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(200)
    }
  }
}
