import { type Client, inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStorage } from './open-storage.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

async function holdAll(pool: Pool, count: number): Promise<Client[]> {
  return Promise.all(Array.from({ length: count }, () => pool.connect()))
}

test('a part that uses up its connections keeps no other part waiting, and says that they are used up', async () => {
  const storage = await openStorage({
    url: await postgres.createDatabase(),
    name: 'test',
    leaseSeconds: 10,
    connections: 3,
    waitMs: 200,
  })
  const own = storage.openOwn('investigations', 2)
  const held = await holdAll(own.pool, 2)
  await expect(own.pool.query('SELECT 1')).rejects.toMatchObject({ code: 'POOL_EXHAUSTED' })
  expect((await storage.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  expect(await storage.leases.withLease('thread', async () => 'done')).toBe('done')
  expect(await own.checkpointer.getTuple({ configurable: { thread_id: 'none' } })).toBeUndefined()
  for (const client of held) client.release()
  await storage.close()
})

test('a part whose connections are given out in turn waits before each statement, transaction and checkpoint', async () => {
  const storage = await openStorage({ url: await postgres.createDatabase(), name: 'test', leaseSeconds: 10 })
  const turn = Promise.withResolvers<void>()
  const own = storage.openOwn('investigations', 4, () => turn.promise)
  const done: string[] = []
  const work = [
    own.pool.query('SELECT 1').then(() => done.push('statement')),
    inTransaction(own.pool, client => client.query('SELECT 1')).then(() => done.push('transaction')),
    own.checkpointer.getTuple({ configurable: { thread_id: 'none' } }).then(() => done.push('checkpoint')),
  ]
  await storage.pool.query('SELECT pg_sleep(0.1)')
  expect(done).toEqual([])
  turn.resolve()
  await Promise.all(work)
  await storage.close()
})
