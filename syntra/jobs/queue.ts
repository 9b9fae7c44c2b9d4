import type { Log } from '@goalixa/chassis/log'
import { DelayedError, type Job } from 'bullmq'
import { z } from 'zod'
import { openBackend } from './queue-backend.ts'

const NAME = 'investigations'
const LATER_MS = 300

/** All that a job says is "advance this thread". The checkpoint decides what remains to be done. */
export const AdvanceJob = z.object({ investigationId: z.uuid(), why: z.string(), queuedAt: z.iso.datetime() })
export type AdvanceJob = z.infer<typeof AdvanceJob>

/** The result of processing a job: `later` puts it back, for example because another worker has the thread. */
export type Processor = (job: AdvanceJob) => Promise<'done' | 'later'>

/** The queue of threads to advance, on PostgreSQL, or on Redis if there is a URL. Delivery is at least once. */
export function createJobQueue(options: { databaseUrl: string; redisUrl?: string; log: Log }) {
  const { log } = options
  const backend = openBackend(options)
  const queue = backend.queue(NAME)
  queue.on('error', error => log.warn({ err: error }, 'queue error'))

  return {
    /** Throws if the queue cannot be reached; the outbox row then stays. */
    async add(id: string, job: AdvanceJob): Promise<void> {
      await queue.add('advance', job, {
        jobId: `outbox-${id}`,
        attempts: 6,
        backoff: { type: 'exponential', delay: 500, jitter: 0.5 },
        removeOnComplete: { count: 1_000 },
        removeOnFail: { count: 1_000 },
      })
    },
    counts: () => queue.getJobCounts('waiting', 'active', 'delayed', 'failed'),
    startWorker(
      process: Processor,
      { concurrency, lockSeconds }: { concurrency: number; lockSeconds: number },
    ) {
      const worker = backend.worker(
        NAME,
        async (job, token) => {
          const result = await process(AdvanceJob.parse(job.data))
          return result === 'later' ? postpone(job, token) : result
        },
        {
          concurrency,
          lockDuration: lockSeconds * 1000,
          stalledInterval: (lockSeconds * 1000) / 2,
          // A thread whose worker keeps dying must still be finished by the next one.
          maxStalledCount: 100,
        },
      )
      worker.on('error', error => log.warn({ err: error }, 'worker error'))
      worker.on('failed', (job, error) =>
        log.warn({ err: error, investigationId: job?.data?.investigationId }, 'job failed'),
      )
      return worker
    },
    async close() {
      await queue.close()
      backend.close()
    },
  }
}
export type JobQueue = ReturnType<typeof createJobQueue>

async function postpone(job: Job, token: string | undefined): Promise<never> {
  await job.moveToDelayed(Date.now() + LATER_MS, token)
  throw new DelayedError()
}
