import { execFileSync } from 'node:child_process'
import pg from 'pg'

/** Puts a database into states in which it refuses work, for tests. Each returns the function that ends it. */
export type DatabaseStates = Record<
  'read-only' | 'forbidden' | 'locked' | 'full' | 'overloaded' | 'frozen',
  () => Promise<() => Promise<void>>
>

/** Creates the states for the database of `adminUrl` (a superuser's URL), which affect the login `role` and these of its `tables`, or all of them where it is locked. */
export function databaseStates(adminUrl: string, role: string, tables: string[]): DatabaseStates {
  const run = async (...statements: string[]) => {
    const client = new pg.Client({ connectionString: adminUrl })
    await client.connect()
    try {
      for (const statement of statements) await client.query(statement)
    } finally {
      await client.end()
    }
  }
  const database = new URL(adminUrl).pathname.slice(1)
  const names = tables.join(', ')
  const endSessions = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`
  return {
    'read-only': async () => {
      await run(`ALTER DATABASE "${database}" SET default_transaction_read_only = on`, endSessions)
      return () =>
        run(
          'SET default_transaction_read_only = off',
          `ALTER DATABASE "${database}" RESET default_transaction_read_only`,
        )
    },
    forbidden: async () => {
      await run(`REVOKE INSERT, UPDATE ON ${names} FROM "${role}"`)
      return () => run(`GRANT INSERT, UPDATE ON ${names} TO "${role}"`)
    },
    locked: async () => {
      const client = new pg.Client({ connectionString: adminUrl })
      await client.connect()
      const { rows } = await client.query<{ name: string }>(
        `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_roles own ON own.oid = c.relowner
         WHERE own.rolname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
        [role],
      )
      await client.query(
        `BEGIN; LOCK TABLE ${rows.map(({ name }) => name).join(', ')} IN ACCESS EXCLUSIVE MODE`,
      )
      return () => client.end()
    },
    // On a full disk, writes that need a new page fail with this code. Really filling a disk takes permissions that a test does not have.
    full: async () => {
      await run(
        `CREATE FUNCTION fail_for_space() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`,
        ...tables.map(
          name =>
            `CREATE TRIGGER no_space BEFORE INSERT OR UPDATE ON ${name} FOR EACH STATEMENT EXECUTE FUNCTION fail_for_space()`,
        ),
      )
      // A table at a time: whoever locks several may deadlock with those who write to them.
      return () =>
        run(...tables.map(name => `DROP TRIGGER no_space ON ${name}`), 'DROP FUNCTION fail_for_space')
    },
    overloaded: async () => {
      await run(`ALTER ROLE "${role}" CONNECTION LIMIT 0`, endSessions)
      return () => run(`ALTER ROLE "${role}" CONNECTION LIMIT -1`)
    },
    frozen: async () => {
      const client = new pg.Client({ connectionString: adminUrl })
      await client.connect()
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const server = parentOf(rows[0]?.pid ?? 0)
      await client.end()
      const suspended = [server, ...childrenOf(server)]
      for (const pid of suspended) process.kill(pid, 'SIGSTOP')
      return async () => {
        for (const pid of suspended) process.kill(pid, 'SIGCONT')
      }
    },
  }
}

/** Creates a login without special rights that owns a new database; returns its URL and a superuser's. */
export async function createOwnedDatabase(adminUrl: string, role: string) {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  await client.query(`CREATE ROLE "${role}" LOGIN PASSWORD 'x'`)
  await client.query(`CREATE DATABASE "${role}" OWNER "${role}"`)
  await client.end()
  const admin = new URL(adminUrl)
  admin.pathname = `/${role}`
  const owner = new URL(admin)
  owner.username = role
  owner.password = 'x'
  return { url: owner.href, adminUrl: admin.href }
}

function parentOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }))
}

function childrenOf(pid: number): number[] {
  return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
    .map(Number)
}
