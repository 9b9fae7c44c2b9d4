import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCore } from './build-core.ts'
import { startCore, type TestCore } from './testing/start-core.ts'

let core: TestCore
let admin: pg.Client

beforeAll(async () => {
  core = await startCore({ poolMax: 2 })
  admin = new pg.Client({ connectionString: core.postgres.url('postgres') })
  await admin.connect()
})
afterAll(async () => {
  await admin.end()
  await core.stopAll()
})

const name = () => new URL(core.databaseUrl).pathname.slice(1)
const allowConnections = async (isAllowed: boolean) => {
  await admin.query(`ALTER DATABASE "${name()}" ALLOW_CONNECTIONS ${isAllowed}`)
  if (!isAllowed)
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name()])
}
const dependencyUp = async () =>
  /goalixa_dependency_up\{dependency="postgres"\} (\d)/.exec(await core.metricsText())?.[1]

test('a database that refuses connections is a 503, unready, visible in the metric, and one clear log line', async () => {
  const user = await core.newUser()
  expect((await user.call('GET', '/v1/tasks')).status).toBe(200)
  await allowConnections(false)
  await user.call('GET', '/v1/tasks')
  core.lines.length = 0
  const { status, body } = await user.call('GET', '/v1/tasks')
  expect([status, body.code]).toEqual([503, 'DATABASE_UNAVAILABLE'])
  expect(core.lines).toHaveLength(1)
  expect(JSON.parse(core.lines[0] ?? '')).toMatchObject({
    level: 'error',
    msg: 'request failed',
    err: {
      code: 'DATABASE_UNAVAILABLE',
      cause: { message: expect.stringContaining('not currently accepting connections') },
    },
  })
  const ready = await core.app.inject({ url: '/readyz' })
  expect([ready.statusCode, ready.json().checks]).toEqual([503, { postgres: 'DATABASE_UNAVAILABLE' }])
  expect((await core.app.inject({ url: '/livez' })).statusCode).toBe(200)
  expect(await dependencyUp()).toBe('0')

  await allowConnections(true)
  await expect.poll(async () => (await user.call('GET', '/v1/tasks')).status, { timeout: 10_000 }).toBe(200)
  await expect.poll(dependencyUp, { timeout: 10_000, interval: 200 }).toBe('1')
})

test('a table that is locked until the pool is exhausted is a 503 before the caller gives up', async () => {
  const user = await core.newUser()
  await admin.query('SELECT 1')
  const blockers = await Promise.all(
    [1, 2].map(async () => {
      const client = new pg.Client({ connectionString: core.databaseUrl })
      await client.connect()
      await client.query('BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE NOWAIT').catch(() => undefined)
      return client
    }),
  )
  const waiting = [user.call('GET', '/v1/tasks'), user.call('GET', '/v1/tasks')]
  await expect
    .poll(
      async () =>
        (await admin.query("SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
          .rows[0].n,
    )
    .toBe(2)
  const { status, body } = await user.call('GET', '/v1/tasks')
  expect([503, body.code]).toEqual([status, expect.stringMatching(/^(POOL_EXHAUSTED|DATABASE_LOCKED)$/)])
  for (const client of blockers) await client.end()
  expect((await Promise.all(waiting)).map(answer => answer.status)).toEqual([200, 200])
})

test('a read-only database answers every request 503 with the reason, is not ready, and is used again once it accepts writes', async () => {
  const user = await core.newUser()
  await user.call('GET', '/v1/tasks')
  await admin.query(`ALTER DATABASE "${name()}" SET default_transaction_read_only = on`)
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name()])
  const add = () => user.call('POST', '/v1/tasks', { name: 'mine' })
  await expect.poll(async () => (await add()).body.code, { timeout: 10_000 }).toBe('DATABASE_READ_ONLY')
  await expect.poll(async () => (await user.call('GET', '/v1/tasks')).body.code).toBe('DATABASE_READ_ONLY')
  const ready = await core.app.inject({ url: '/readyz' })
  expect([ready.statusCode, ready.json().checks]).toEqual([503, { postgres: 'DATABASE_READ_ONLY' }])
  await admin.query(`ALTER DATABASE "${name()}" RESET default_transaction_read_only`)
  await expect.poll(async () => (await add()).status, { timeout: 10_000 }).toBe(201)
})

test('a service that starts before its database becomes ready once the database is available', async () => {
  await allowConnections(false)
  const lines: string[] = []
  const early = await buildCore(core.config, { log: core.logTo(lines) })
  try {
    expect((await early.app.inject({ url: '/livez' })).statusCode).toBe(200)
    expect((await early.app.inject({ url: '/readyz' })).statusCode).toBe(503)
    await allowConnections(true)
    await expect
      .poll(async () => (await early.app.inject({ url: '/readyz' })).statusCode, {
        timeout: 15_000,
        interval: 300,
      })
      .toBe(200)
    expect(lines.map(line => JSON.parse(line).msg)).toEqual(
      expect.arrayContaining(['database unavailable', 'database available again']),
    )
  } finally {
    await early.stop()
  }
})

test('a plain login that owns its database but cannot create roles is isolated as well', async () => {
  await admin.query("CREATE ROLE plain LOGIN PASSWORD 'x'")
  await admin.query('CREATE DATABASE plain OWNER plain')
  const url = new URL(core.postgres.url('plain'))
  url.username = 'plain'
  url.password = 'x'
  const plain = await buildCore({ ...core.config, DATABASE_URL: url.href }, { log: core.logTo([]) })
  try {
    const { id } = await core.newUser()
    const token = await core.issuer.token(id)
    const call = { method: 'POST', url: '/v1/tasks', headers: { authorization: `Bearer ${token}` } } as const
    expect((await plain.app.inject({ ...call, payload: { name: 'mine' } })).statusCode).toBe(201)
    const client = new pg.Client({ connectionString: url.href })
    await client.connect()
    expect((await client.query('SELECT * FROM tasks')).rowCount).toBe(0)
    await client.query("SELECT set_config('app.user_id', $1, false)", [id])
    expect((await client.query('SELECT * FROM tasks')).rowCount).toBe(1)
    await client.end()
  } finally {
    await plain.stop()
  }
})

test('a login that bypasses row-level security and cannot assume another role stops the start', async () => {
  const database = await core.postgres.createDatabase()
  await admin.query("CREATE ROLE careless LOGIN BYPASSRLS PASSWORD 'x'")
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  await client.query('GRANT CREATE, USAGE ON SCHEMA public TO careless')
  await client.end()
  const url = new URL(database)
  url.username = 'careless'
  url.password = 'x'
  await expect(
    buildCore({ ...core.config, DATABASE_URL: url.href }, { log: core.logTo([]) }),
  ).rejects.toThrow(/careless bypasses row-level security/)
})
