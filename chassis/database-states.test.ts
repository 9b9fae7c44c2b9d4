import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { checkPostgres, createPool, inTransaction, type Pool } from './postgres.ts'
import { createOwnedDatabase, type DatabaseStates, databaseStates } from './testing/database-states.ts'
import { startPostgres, type TestPostgres } from './testing/start-postgres.ts'

let postgres: TestPostgres
let pool: Pool
let states: DatabaseStates
let adminUrl: string
let connections: number

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  const role = `service_${randomBytes(4).toString('hex')}`
  const owned = await createOwnedDatabase(postgres.url('postgres'), role)
  adminUrl = owned.adminUrl
  pool = createPool({ url: owned.url, name: 'test', max: 3, statementTimeoutMs: 3_000 })
  await pool.query('CREATE TABLE things (name text); CREATE TABLE others (name text)')
  await checkPostgres(pool)
  states = databaseStates(adminUrl, role, ['things'])
  connections = 0
  pool.on('connect', () => {
    connections += 1
  })
})
afterEach(() => pool.end())

const add = () => inTransaction(pool, client => client.query("INSERT INTO things VALUES ('x')"))
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    error => error.code,
  )

test.each([
  ['read-only', 'DATABASE_READ_ONLY'],
  ['forbidden', 'DATABASE_FORBIDDEN'],
  ['locked', 'DATABASE_LOCKED'],
  ['overloaded', 'DATABASE_OVERLOADED'],
  ['frozen', 'DATABASE_SLOW'],
] as const)(
  'a database that is %s refuses every caller at once, is not ready, and is used again as soon as it recovers',
  async (state, code) => {
    await add()
    const end = await states[state]()
    try {
      const first = codeOf(add())
      await expect.poll(() => codeOf(checkPostgres(pool)), { timeout: 10_000 }).toBe(code)
      await first
      const before = connections
      const calls = Array.from({ length: 100 }, (_, index) =>
        codeOf(index % 2 === 0 ? add() : pool.query('SELECT FROM others')),
      )
      expect(new Set(await Promise.all(calls))).toEqual(new Set([code]))
      expect({ connections, waiting: pool.waitingCount }).toEqual({ connections: before, waiting: 0 })
    } finally {
      await end()
    }
    await expect.poll(() => codeOf(add()), { timeout: 10_000 }).toBe('ok')
    // No session of the time before is left in its old state.
    expect(await Promise.all([add(), add(), add()].map(codeOf))).toEqual(['ok', 'ok', 'ok'])
    await checkPostgres(pool)
  },
)

test('a disk that is full is reported as such until there is space again', async () => {
  const end = await states.full()
  expect(await codeOf(add())).toBe('DATABASE_FULL')
  await end()
  await expect.poll(() => codeOf(add()), { timeout: 10_000 }).toBe('ok')
})

test('a statement that lacks a privilege the service never had, and a slow statement, do not affect other callers', async () => {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query('CREATE TABLE secrets (name text)')
  await admin.end()
  expect(await codeOf(inTransaction(pool, client => client.query('SELECT * FROM secrets')))).toBe(
    'DATABASE_FORBIDDEN',
  )
  const slow = codeOf(inTransaction(pool, client => client.query('SELECT pg_sleep(10)')))
  expect(await codeOf(add())).toBe('ok')
  expect(await slow).toBe('DATABASE_SLOW')
  expect(await codeOf(add())).toBe('ok')
})

test('a long CREATE INDEX on one table fails the writes to it, and nothing else', async () => {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query('BEGIN; CREATE INDEX ON things (name)')
  const addOther = () => pool.query("INSERT INTO others VALUES ('x')")
  try {
    // The first one may wait for longer.
    expect(await codeOf(add())).toMatch(/^DATABASE_(LOCKED|SLOW)$/)
    for (let round = 0; round < 5; round += 1) {
      const writes = Array.from({ length: 4 }, () => codeOf(add()))
      const rest = [addOther(), pool.query('SELECT FROM things'), checkPostgres(pool)]
      expect(await Promise.all(rest.map(codeOf))).toEqual(['ok', 'ok', 'ok'])
      expect(new Set(await Promise.all(writes))).toEqual(new Set(['DATABASE_LOCKED']))
    }
  } finally {
    await admin.query('COMMIT')
    await admin.end()
  }
  await expect.poll(() => codeOf(add()), { timeout: 10_000 }).toBe('ok')
  // Nothing watches for locks any more.
  const watches = `SELECT FROM pg_stat_activity WHERE application_name = 'lock-watch' AND datname = current_database()`
  await expect.poll(async () => (await pool.query(watches)).rowCount, { timeout: 10_000 }).toBe(0)
})

test('while another session has locked a table, transactions that need other tables still wait for each other', async () => {
  await pool.query("INSERT INTO others VALUES ('x')")
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query('BEGIN; LOCK TABLE things IN SHARE MODE')
  try {
    await expect.poll(() => codeOf(add()), { timeout: 20_000 }).toBe('DATABASE_LOCKED')
    const isHeld = Promise.withResolvers<void>()
    const holder = inTransaction(pool, async client => {
      await client.query('SELECT pg_advisory_xact_lock(1)')
      await client.query("UPDATE others SET name = 'y'")
      isHeld.resolve()
      await sleep(1_500)
    })
    await isHeld.promise
    const waiting = [
      inTransaction(pool, client => client.query('SELECT pg_advisory_xact_lock(1)')),
      inTransaction(pool, client => client.query('SELECT FROM others FOR UPDATE')),
    ]
    expect(await Promise.all([holder, ...waiting].map(codeOf))).toEqual(['ok', 'ok', 'ok'])
    expect(await codeOf(add())).toBe('DATABASE_LOCKED')
  } finally {
    await admin.end()
  }
})

test('while the server accepts no more connections, the pool goes on with those that it has', async () => {
  const role = new URL(adminUrl).pathname.slice(1)
  const held = await pool.connect()
  await add()
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query(`ALTER ROLE "${role}" CONNECTION LIMIT 2`)
  try {
    expect(pool.totalCount).toBe(2)
    for (let round = 0; round < 5; round += 1) {
      expect(new Set(await Promise.all(Array.from({ length: 10 }, () => codeOf(add()))))).toEqual(
        new Set(['ok']),
      )
      expect(await codeOf(checkPostgres(pool))).toBe('ok')
    }
  } finally {
    held.release()
    await admin.query(`ALTER ROLE "${role}" CONNECTION LIMIT -1`)
    await admin.end()
  }
})

test('a lock on a table of someone else in the same database affects nobody', async () => {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query('CREATE TABLE foreign_things (name text); GRANT ALL ON foreign_things TO public')
  await checkPostgres(pool)
  await admin.query('BEGIN; LOCK TABLE foreign_things IN ACCESS EXCLUSIVE MODE')
  expect(await codeOf(checkPostgres(pool))).toBe('ok')
  expect(await codeOf(add())).toBe('ok')
  await admin.end()
})
