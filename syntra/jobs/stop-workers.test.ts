import { createLog } from '@goalixa/chassis/log'
import { createPool } from '@goalixa/chassis/postgres'
import { startPostgres } from '@goalixa/chassis/testing/start-postgres'
import { expect, test } from 'vitest'
import { createJobQueue } from './queue.ts'
import { stopWorkers } from './stop-workers.ts'

test('a job that ignores its signal does not keep a worker from stopping, and another one does end first', async () => {
  const postgres = await startPostgres()
  const databaseUrl = await postgres.createDatabase()
  const pool = createPool({ url: databaseUrl, name: 'test' })
  const queue = createJobQueue({ pool, databaseUrl, log: createLog({ service: 'test', level: 'silent' }) })
  const [draining, closing] = [new AbortController(), new AbortController()]
  const ended: string[] = []
  const started: string[] = []
  const work = {
    async obedient() {
      await new Promise(resolve => draining.signal.addEventListener('abort', resolve))
      ended.push('obedient')
    },
    stubborn: () => new Promise<void>(() => {}),
  }
  const worker = queue.startWorker(
    'investigations',
    async ({ why }) => {
      started.push(why)
      await work[why === 'obedient' ? 'obedient' : 'stubborn']()
      return 'done'
    },
    { concurrency: 2, lockSeconds: 10 },
  )
  for (const [index, why] of ['obedient', 'stubborn'].entries())
    await queue.add(
      'investigations',
      {
        investigationId: `01900000-0000-7000-8000-00000000000${index}`,
        why,
        queuedAt: new Date().toISOString(),
      },
      1,
    )
  await expect.poll(() => started.toSorted(), { timeout: 20_000 }).toEqual(['obedient', 'stubborn'])
  await stopWorkers({ workers: [worker], draining, closing, drainMs: 200, graceMs: 200 })
  expect(ended).toEqual(['obedient'])
  expect(closing.signal.aborted).toBe(true)
  await queue.close()
  await pool.end()
  await postgres.stop()
})
