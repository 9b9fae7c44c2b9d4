import { randomBytes } from 'node:crypto'
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
