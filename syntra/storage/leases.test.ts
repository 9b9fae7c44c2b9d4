import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inFencedTransaction } from './fence.ts'
import { busy, createLeases } from './leases.ts'
import { openStorage, type Storage } from './open-storage.ts'

let postgres: TestPostgres
let url: string
let storage: Storage
let pool: Pool

beforeAll(async () => {
  postgres = await startPostgres()
  url = await postgres.createDatabase()
  storage = await openStorage({ url, name: 'test', leaseSeconds: 10 })
  pool = storage.pool
})
afterAll(async () => {
  await storage.close()
  await postgres.stop()
})

const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
// Nothing else runs in this process meanwhile, as if it were suspended.
const suspendProcess = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
const leasesOf = (seconds: number) => createLeases({ pool, seconds })
const expire = (name: string) =>
  pool.query("UPDATE leases SET expires_at = now() - interval '1 second' WHERE name = $1", [name])
const lost = { code: 'LEASE_LOST', kind: 'unavailable' }

test('a lease has one holder at a time, is renewed while the work lasts, and is released afterwards', async () => {
  const [one, other] = [leasesOf(1), leasesOf(1)]
  await one.withLease('renewed', async signal => {
    await wait(2_500)
    expect(await other.withLease('renewed', async () => 'worked')).toBe(busy)
    await one.assertLease()
    expect(signal.aborted).toBe(false)
  })
  expect(await other.withLease('renewed', async () => 'worked')).toBe('worked')
})

test('whoever lost its lease passes no check, writes nothing, and does not give back the lease of the next holder', async () => {
  const [slow, next] = [leasesOf(60), leasesOf(60)]
  const [takenOver, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const first = slow.withLease('late', async signal => {
    await takenOver.promise
    const write = inFencedTransaction(pool, client =>
      client.query(`INSERT INTO leases VALUES ('written', 0, now())`),
    )
    await expect(write).rejects.toMatchObject(lost)
    await expect(slow.assertLease()).rejects.toMatchObject(lost)
    expect(signal.aborted).toBe(true)
  })
  await expire('late')
  const second = next.withLease('late', async () => {
    takenOver.resolve()
    await late.promise
    await next.assertLease()
  })
  await first
  late.resolve()
  await second
  expect((await pool.query(`SELECT FROM leases WHERE name IN ('written', 'late')`)).rowCount).toBe(0)
})

test('a lease that has expired passes no check, even while nobody else has taken it, and is counted as lost once', async () => {
  let losses = 0
  const onLost = () => {
    losses += 1
  }
  const leases = createLeases({ pool, seconds: 60, onLost })
  await leases.withLease('expired', async () => {
    await expire('expired')
    for (const _ of [1, 2]) await expect(leases.assertLease()).rejects.toMatchObject(lost)
  })
  expect(losses).toBe(1)
})

test('a check is valid for half the time of a lease', async () => {
  const leases = leasesOf(1)
  await leases.withLease('fresh', async signal => {
    await wait(700)
    await leases.assertLease()
    leases.assertNotSuspended()
    suspendProcess(600)
    expect(() => leases.assertNotSuspended()).toThrow(expect.objectContaining(lost))
    expect(signal.aborted).toBe(true)
  })
})

test('under two leases both are checked', async () => {
  const leases = leasesOf(60)
  await leases.withLease('outer', () =>
    leases.withLease('inner', async () => {
      await leases.assertLease()
      await expire('outer')
      await expect(leases.assertLease()).rejects.toMatchObject(lost)
      await expect(inFencedTransaction(pool, async () => 'written')).rejects.toMatchObject(lost)
    }),
  )
})

test('nobody takes a lease over inside of a fenced transaction of its holder', async () => {
  const [one, next] = [leasesOf(60), leasesOf(60)]
  const order: string[] = []
  await one.withLease('fenced', async () => {
    let takeover: Promise<unknown> | undefined
    await inFencedTransaction(pool, async () => {
      takeover = expire('fenced').then(() => next.withLease('fenced', async () => order.push('taken over')))
      await wait(500)
      order.push('committed')
    })
    await takeover
  })
  expect(order).toEqual(['committed', 'taken over'])
})

test('a slow transaction under one lease delays the renewal of no other', async () => {
  const leases = leasesOf(1.5)
  const other = leases.withLease('other', async signal => {
    await wait(4_000)
    expect(signal.aborted).toBe(false)
  })
  await leases.withLease('slow', () =>
    inFencedTransaction(pool, client => client.query('SELECT pg_sleep(3)')).catch(() => undefined),
  )
  await other
})

test('transactions under a lease that overlap without a gap do not keep it from being renewed', async () => {
  const leases = leasesOf(1)
  await leases.withLease('overlapping', async signal => {
    const write = async () => {
      for (let turn = 0; turn < 8; turn += 1)
        await inFencedTransaction(pool, client => client.query('SELECT pg_sleep(0.4)'))
    }
    await Promise.all([write(), wait(200).then(write)])
    expect(signal.aborted).toBe(false)
    await leases.assertLease()
  })
})

test('a lease survives the end of its database sessions', async () => {
  const leases = leasesOf(3)
  await leases.withLease('sessions', async signal => {
    for (let turn = 0; turn < 5; turn += 1) {
      await pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
      await wait(600)
    }
    await leases.assertLease()
    expect(signal.aborted).toBe(false)
  })
})

test('a holder that cannot reach the database counts its lease as lost once it must have expired', async () => {
  const away = createPool({ url, name: 'away', max: 1 })
  const leases = createLeases({ pool: away, seconds: 1 })
  const reason = await leases.withLease('away', async signal => {
    await away.end()
    await new Promise(resolve => signal.addEventListener('abort', resolve))
    return signal.reason
  })
  expect(reason).toMatchObject(lost)
})
