import { join } from 'node:path'
import { createLog } from '@goalixa/chassis/log'
import { migrate } from '@goalixa/chassis/migrate'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { startRedis } from '@goalixa/chassis/testing/start-redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { insertInvestigations } from '../testing/insert-investigations.ts'
import { SAMPLE_STEPS } from '../testing/sample-proposal.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { startTarget, type Target } from '../testing/start-target.ts'
import { waitForProposal } from '../testing/wait-for-proposal.ts'
import { createOutboxRelay } from './outbox-relay.ts'
import { createPrecedence } from './precedence.ts'
import { promoteMisdated } from './promote-misdated.job.ts'
import { type AdvanceJob, createJobQueue, type JobQueue, type Processor } from './queue.ts'
import type { Lane } from './queue-place.ts'
import { requeueStuckInvestigations } from './requeue-stuck-investigations.job.ts'

const precedence = createPrecedence()
const log = createLog({ service: 'test', level: 'silent' })
const job = (index: number): AdvanceJob => ({
  investigationId: `01900000-0000-7000-8000-000000000${String(index).padStart(3, '0')}`,
  why: 'test',
  queuedAt: new Date().toISOString(),
})
let postgres: TestPostgres
let redis: Awaited<ReturnType<typeof startRedis>>

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
})
afterAll(() => Promise.all([postgres.stop(), redis.stop()]))

// One suite for both backends, so that they cannot differ.
describe.each(['PostgreSQL', 'Redis'])('on %s', backend => {
  let queue: JobQueue
  let pool: Pool
  let databaseUrl: string
  let redisUrl: string | undefined
  const workers: { close(force?: boolean): Promise<void> }[] = []

  beforeEach(async () => {
    databaseUrl = await postgres.createDatabase()
    await redis.flush()
    redisUrl = backend === 'Redis' ? redis.url : undefined
    pool = createPool({ url: databaseUrl, name: 'test' })
    queue = createJobQueue({ pool, databaseUrl, redisUrl, log })
  })
  const { now } = Date
  afterEach(async () => {
    Date.now = now
    await Promise.all(workers.splice(0).map(worker => worker.close(true)))
    await queue.close()
    await pool.end()
  })

  const add = (data: AdvanceJob, priority = 1, lane: Lane = 'investigations') =>
    queue.add(lane, data, priority)
  function work(processor: Processor, { lane = 'investigations' as Lane, concurrency = 2 } = {}) {
    const worker = queue.startWorker(lane, processor, { concurrency, lockSeconds: 1 })
    workers.push(worker)
    return worker
  }
  /** Works until nothing is left, one job at a time, and returns the investigations in the order in which they were served. */
  async function serveAll(count: number): Promise<number[]> {
    const served: number[] = []
    const all = Promise.withResolvers<void>()
    work(
      async ({ investigationId }) => {
        if (served.push(Number(investigationId.slice(-3))) === count) all.resolve()
        return 'done'
      },
      { concurrency: 1 },
    )
    await all.promise
    return served
  }

  test('a job that a worker whose clock was ten minutes ahead put back is made due', async () => {
    const aheadMs = 600_000
    let runs = 0
    const worker = work(async () => {
      Date.now = () => now() + aheadMs
      runs += 1
      return 'later'
    })
    await add(job(1))
    // The fourth pause is long enough to close the worker in it.
    await expect
      .poll(async () => runs === 4 && (await queue.counts('investigations')).delayed, { timeout: 20_000 })
      .toBe(1)
    await worker.close(true)
    Date.now = now
    expect(await queue.counts('investigations')).toMatchObject({ delayed: 1 })
    expect(await promoteMisdated(queue, new Date())).toBe(1)
    expect(await serveAll(1)).toEqual([1])
    expect(await promoteMisdated(queue, new Date())).toBe(0)
  })

  test('a thread has one job in a lane, however often it is added', async () => {
    const seen: string[] = []
    const last = Promise.withResolvers<void>()
    await add(job(1))
    await add(job(1))
    await add(job(2))
    work(async ({ investigationId }) => {
      seen.push(investigationId)
      if (investigationId === job(2).investigationId) last.resolve()
      return 'done'
    })
    await last.promise
    expect(seen.filter(id => id === job(1).investigationId)).toHaveLength(1)
  })

  test('a job that is too early is put back and runs later; a failing one is retried', async () => {
    const seen: string[] = []
    const done = Promise.withResolvers<void>()
    work(async () => {
      seen.push('x')
      if (seen.length === 1) return 'later'
      if (seen.length === 2) throw new Error('stumbled')
      done.resolve()
      return 'done'
    })
    await add(job(1))
    await done.promise
    expect(seen).toHaveLength(3)
  })

  test('what arrives while a job runs, even at its end, is followed by another run, and by one only', async () => {
    const started = Promise.withResolvers<void>()
    const mayEnd = Promise.withResolvers<void>()
    const second = Promise.withResolvers<void>()
    let runs = 0
    work(async () => {
      runs += 1
      if (runs === 2) second.resolve()
      if (runs > 1) return 'done'
      started.resolve()
      await mayEnd.promise
      return 'done'
    })
    await add(job(1))
    await started.promise
    for (let time = 0; time < 3; time++) await add(job(1))
    mayEnd.resolve()
    await second.promise
    // Its followers would run before this one.
    await add(job(2), 2)
    await expect.poll(() => runs).toBe(3)
    expect(await queue.counts('investigations')).toMatchObject({ waiting: 0, prioritized: 0, delayed: 0 })
  })

  test('the most urgent is served first, also where it became urgent while it waited', async () => {
    for (const index of [1, 2, 3, 4]) await add(job(index), 1_000_000 + index)
    await add(job(5), 10)
    await add(job(4), 20)
    expect(await serveAll(5)).toEqual([5, 4, 1, 2, 3])
  })

  test('a job that becomes critical while it waits changes its lane', async () => {
    await add(job(1), 1_000_000)
    await add(job(1), 1, 'critical')
    expect(await queue.counts('investigations')).toMatchObject({ waiting: 0, prioritized: 0 })
    const served = Promise.withResolvers<void>()
    work(
      async () => {
        served.resolve()
        return 'done'
      },
      { lane: 'critical' },
    )
    await served.promise
    // Nothing is left that would keep it from being queued again.
    await add(job(1), 1_000_000)
    expect(await serveAll(1)).toEqual([1])
  })

  test('lanes do not wait for each other', async () => {
    const never = new Promise<'done'>(() => {})
    work(() => never)
    for (let index = 1; index <= 5; index++) await add(job(index))
    const decided = Promise.withResolvers<string>()
    work(
      async ({ why }) => {
        decided.resolve(why)
        return 'done'
      },
      { lane: 'actions' },
    )
    await add({ ...job(9), why: 'approved' }, 1, 'actions')
    expect(await decided.promise).toBe('approved')
  })

  test('the reconciler adds no job for a thread that has one, and all of them after the queue was emptied', async () => {
    const started = Promise.withResolvers<void>()
    const never = new Promise<'done'>(() => {})
    await migrate(pool, join(import.meta.dirname, '../migrations'))
    await insertInvestigations(pool, 300, { severity: 'warning' })
    const relay = createOutboxRelay({ pool, databaseUrl, queue, precedence, log, pollMs: 50 })
    const isRelayed = async () => (await pool.query('SELECT FROM outbox')).rowCount === 0
    const jobs = async () =>
      Object.values(await queue.counts('investigations')).reduce((sum, count) => sum + count)
    try {
      // Nothing was queued so far: the first passes queue everything, and the worker hangs.
      let minute = 1
      const reconcile = () =>
        requeueStuckInvestigations({ pool, queue }, 30, new Date(Date.now() + 60_000 * minute++))
      await reconcile()
      await reconcile()
      await expect.poll(isRelayed, { timeout: 20_000 }).toBe(true)
      work(
        () => {
          started.resolve()
          return never
        },
        { concurrency: 1 },
      )
      await started.promise
      for (let pass = 0; pass < 10; pass++) expect(await reconcile()).toEqual([])
      expect(await jobs()).toBe(300)
      await Promise.all(workers.splice(0).map(worker => worker.close(true)))
      if (backend === 'Redis') await redis.flush()
      else await pool.query('TRUNCATE bullmq.job CASCADE')
      await reconcile()
      await reconcile()
      await expect.poll(isRelayed, { timeout: 20_000 }).toBe(true)
      expect(await jobs()).toBe(300)
    } finally {
      await relay.stop()
    }
  }, 60_000)

  test.each([
    ['stopped responding', 0],
    ['died while its clock was a day ahead', 86_400_000],
  ])(
    'another worker takes over the job of one that %s',
    async (_how, aheadMs) => {
      Date.now = () => now() + aheadMs
      const taken = Promise.withResolvers<void>()
      const over = Promise.withResolvers<void>()
      const dead = createJobQueue({ pool, databaseUrl, redisUrl, log })
      await add(job(1))
      // The first worker is closed by force in the middle of its job, as if its process had died.
      const first = dead.startWorker(
        'investigations',
        () => {
          taken.resolve()
          return over.promise.then(() => 'done')
        },
        { concurrency: 1, lockSeconds: 1 },
      )
      await taken.promise
      await first.close(true)
      Date.now = now
      await promoteMisdated(queue, new Date())
      const again = Promise.withResolvers<void>()
      work(async () => {
        again.resolve()
        return 'done'
      })
      await again.promise
      over.resolve()
      await dead.close()
    },
    30_000,
  )

  describe('the whole way', () => {
    let target: Target
    let syntra: TestSyntra

    beforeEach(async () => {
      target = await startTarget()
      const settings = redisUrl ? { REDIS_URL: redisUrl } : undefined
      syntra = await startSyntra({ databaseUrl, dependencies: fakeDependencies(target.url), settings })
    })
    afterEach(() => Promise.all([syntra.stop(), target.stop()]))

    test('from the alert to the verified action', async () => {
      const { action } = await waitForProposal(syntra)
      const { id, stateDigest } = action
      await syntra.post(`/v1/actions/${id}/decision`, { decision: 'approve', stateDigest })
      await syntra.until(`/v1/actions/${id}`, body => body.state === 'succeeded')
      expect(target.world.effects).toHaveLength(SAMPLE_STEPS.length)
    })

    test('an emptied queue loses nothing: the periodic job finds what is stuck', async () => {
      await waitForProposal(syntra)
      // As if the decision's job had been lost with the whole queue.
      await pool.query(`UPDATE actions SET state = 'rejected'`)
      await pool.query(`UPDATE investigations SET moved_at = now() - interval '1 hour'`)
      await syntra.until('/v1/incidents', body => body.incidents[0].investigation.state === 'done')
    })
  })
})
