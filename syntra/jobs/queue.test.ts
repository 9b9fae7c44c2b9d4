import { createLog } from '@goalixa/chassis/log'
import { createPool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { startRedis } from '@goalixa/chassis/testing/start-redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { SAMPLE_STEPS } from '../testing/sample-proposal.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { startTarget, type Target } from '../testing/start-target.ts'
import { waitForProposal } from '../testing/wait-for-proposal.ts'
import { type AdvanceJob, createJobQueue, type JobQueue } from './queue.ts'

const log = createLog({ service: 'test', level: 'silent' })
const job = (index: number): AdvanceJob => ({
  investigationId: `01900000-0000-7000-8000-00000000000${index}`,
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
  let databaseUrl: string
  let redisUrl: string | undefined
  const workers: { close(force?: boolean): Promise<void> }[] = []

  beforeEach(async () => {
    databaseUrl = await postgres.createDatabase()
    await redis.flush()
    redisUrl = backend === 'Redis' ? redis.url : undefined
    queue = createJobQueue({ databaseUrl, redisUrl, log })
  })
  afterEach(async () => {
    await Promise.all(workers.splice(0).map(worker => worker.close(true)))
    await queue.close()
  })

  function work(processor: (job: AdvanceJob) => Promise<'done' | 'later'>, lockSeconds = 1) {
    const worker = queue.startWorker(processor, { concurrency: 2, lockSeconds })
    workers.push(worker)
    return worker
  }

  test('a job reaches a worker once, even if the relay adds it twice', async () => {
    const seen: string[] = []
    const last = Promise.withResolvers<void>()
    await queue.add('1', job(1))
    await queue.add('1', job(1))
    await queue.add('2', job(2))
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
    await queue.add('1', job(1))
    await done.promise
    expect(seen).toHaveLength(3)
  })

  test('another worker takes over the job of one that stopped responding', async () => {
    const taken = Promise.withResolvers<void>()
    const over = Promise.withResolvers<void>()
    const dead = createJobQueue({ databaseUrl, redisUrl, log })
    await queue.add('1', job(1))
    // The first worker is closed by force in the middle of its job, as if its process had died.
    const first = dead.startWorker(
      () => {
        taken.resolve()
        return over.promise.then(() => 'done')
      },
      { concurrency: 1, lockSeconds: 1 },
    )
    await taken.promise
    await first.close(true)
    const again = Promise.withResolvers<void>()
    work(async () => {
      again.resolve()
      return 'done'
    })
    await again.promise
    over.resolve()
    await dead.close()
  }, 30_000)

  describe('the whole way', () => {
    let target: Target
    let syntra: TestSyntra

    beforeEach(async () => {
      target = await startTarget()
      const settings: Record<string, string> = redisUrl ? { REDIS_URL: redisUrl } : {}
      syntra = await startSyntra({ databaseUrl, dependencies: fakeDependencies(target.url), settings })
    })
    afterEach(async () => {
      await syntra.stop()
      await target.stop()
    })

    test('from the alert to the verified action', async () => {
      const { action } = await waitForProposal(syntra)
      const { id, stateDigest } = action
      await syntra.post(`/v1/actions/${id}/decision`, { decision: 'approve', stateDigest })
      await syntra.until(`/v1/actions/${id}`, body => body.state === 'succeeded')
      expect(target.world.effects).toHaveLength(SAMPLE_STEPS.length)
    })

    test('an emptied queue loses nothing: the periodic job finds what is stuck', async () => {
      const pool = createPool({ url: databaseUrl, name: 'test' })
      try {
        await waitForProposal(syntra)
        // As if the decision's job had been lost with the whole queue.
        await pool.query(`UPDATE actions SET state = 'rejected'`)
        await pool.query(`UPDATE investigations SET moved_at = now() - interval '1 hour'`)
        await syntra.until('/v1/incidents', body => body.incidents[0].investigation.state === 'done')
      } finally {
        await pool.end()
      }
    })
  })
})
