import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from './migrate.ts'
import { createPool, type Pool } from './postgres.ts'
import { startPostgres, type TestPostgres } from './testing/start-postgres.ts'

const run = promisify(execFile)
const SCRIPT = new URL('testing/migrate-once.ts', import.meta.url).pathname

let postgres: TestPostgres
let folder: string
const pools: Pool[] = []

beforeAll(async () => {
  postgres = await startPostgres()
  folder = await mkdtemp(join(tmpdir(), 'goalixa-migrations-'))
  await writeFile(
    join(folder, '001_things.sql'),
    "CREATE TYPE size AS ENUM ('s'); CREATE TABLE things (size size);",
  )
  await writeFile(join(folder, '002_more.sql'), 'ALTER TABLE things ADD name text;')
  await writeFile(join(folder, 'README.md'), 'not a migration')
})
afterAll(async () => {
  await Promise.all(pools.map(pool => pool.end()))
  await postgres.stop()
  await rm(folder, { recursive: true })
})

async function newPool() {
  const pool = createPool({ url: await postgres.createDatabase(), name: 'test' })
  pools.push(pool)
  return pool
}

test('several processes migrate a new database at once, and each file runs once', async () => {
  const url = await postgres.createDatabase()
  const outputs = await Promise.all(
    Array.from({ length: 4 }, () => run(process.execPath, [SCRIPT, url, folder])),
  )
  const applied = outputs.flatMap(({ stdout }) => JSON.parse(stdout))
  expect(applied.toSorted()).toEqual(['001_things.sql', '002_more.sql'])
})

test('a migration takes longer than a statement may, and another process waits for it', async () => {
  const slow = await mkdtemp(join(tmpdir(), 'goalixa-slow-migration-'))
  const url = await postgres.createDatabase()
  const both = [1, 2].map(() => createPool({ url, name: 'test', statementTimeoutMs: 200 }))
  pools.push(...both)
  try {
    // The driver gives up two seconds after the server does.
    await writeFile(join(slow, '001_slow.sql'), 'SELECT pg_sleep(3); CREATE TABLE things ();')
    const applied = await Promise.all(both.map(pool => migrate(pool, slow)))
    expect(applied.flat()).toEqual(['001_slow.sql'])
  } finally {
    await rm(slow, { recursive: true })
  }
})

test('a migration that fails is rolled back, and the ones before it stay', async () => {
  const pool = await newPool()
  const broken = join(folder, '003_broken.sql')
  await writeFile(broken, 'CREATE TABLE half (); SELECT nonsense;')
  try {
    await expect(migrate(pool, folder)).rejects.toThrow('nonsense')
    const { rows } = await pool.query(
      "SELECT to_regclass('half') AS half, to_regclass('things')::text AS things",
    )
    expect(rows).toEqual([{ half: null, things: 'things' }])
    expect((await pool.query('SELECT name FROM migrations')).rowCount).toBe(2)
  } finally {
    await rm(broken)
  }
})

test('a separate schema holds the tables and the list of applied migrations', async () => {
  const pool = await newPool()
  expect(await migrate(pool, folder, { schema: 'feature' })).toHaveLength(2)
  expect(await migrate(pool, folder, { schema: 'feature' })).toEqual([])
  expect((await pool.query("SELECT to_regclass('feature.things') IS NOT NULL AS made")).rows).toEqual([
    { made: true },
  ])
})

test('a file that was changed after it was applied stops the migrations', async () => {
  const pool = await newPool()
  await migrate(pool, folder)
  await withChangedFile('001_things.sql', async () => {
    await expect(migrate(pool, folder)).rejects.toMatchObject({
      code: 'MIGRATION_CHANGED',
      message: expect.stringContaining('001_things.sql'),
    })
  })
  expect(await migrate(pool, folder)).toEqual([])
})

test('a database of version 0.1, which stored no checksums, adopts the files as they are', async () => {
  const pool = await newPool()
  await pool.query(`
    CREATE TABLE migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
    INSERT INTO migrations VALUES ('001_things.sql');
    CREATE TYPE size AS ENUM ('s'); CREATE TABLE things (size size);`)
  expect(await migrate(pool, folder)).toEqual(['002_more.sql'])
  await withChangedFile('001_things.sql', async () => {
    await expect(migrate(pool, folder)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' })
  })
})

async function withChangedFile(name: string, run: () => Promise<void>) {
  const path = join(folder, name)
  const original = await readFile(path, 'utf8')
  await writeFile(path, `${original} -- changed`)
  try {
    await run()
  } finally {
    await writeFile(path, original)
  }
}
