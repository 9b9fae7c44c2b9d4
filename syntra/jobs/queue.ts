import { randomUUID } from 'node:crypto'
import type { Log } from '@goalixa/chassis/log'
import type { Pool } from '@goalixa/chassis/postgres'
import { DelayedError, type Job } from 'bullmq'
import { z } from 'zod'
import { type OpenQueue, openBackend } from './queue-backend.ts'
import { LANES, type Lane } from './queue-place.ts'
import { warnSparingly } from './warn-sparingly.ts'

const LATER_MS = 300
const LATEST_MS = 5_000

/** All that a job says is "advance this thread". The checkpoint decides what remains to be done. */
export const AdvanceJob = z.object({ investigationId: z.uuid(), why: z.string(), queuedAt: z.iso.datetime() })
export type AdvanceJob = z.infer<typeof AdvanceJob>

/** The result of processing a job: `later` puts it back, for example because another worker has the thread. */
export type Processor = (job: AdvanceJob, lane: Lane, priority: number) => Promise<'done' | 'later'>

type Options = { pool: Pool; databaseUrl: string; redisUrl?: string; log: Log }

/**
 * The queue of threads to advance, in lanes, on PostgreSQL, or on Redis if there is a URL. Delivery is at least once. A lane has
 * at most one unfinished job for each thread.
 */
export function createJobQueue(options: Options) {
  const { log } = options
  const backend = openBackend(options)
  const queues = Object.fromEntries(LANES.map(lane => [lane, backend.queue(lane)])) as Record<Lane, OpenQueue>
  for (const queue of Object.values(queues)) queue.on('error', warnSparingly(log, 'queue error'))

  return {
    /**
     * Queues the thread, or changes the priority of its waiting job (1 is first). If its job is running, another one follows
     * it, because the run may already be past the point of the news. Throws if the queue cannot be reached; the outbox row then stays.
     */
    async add(lane: Lane, data: AdvanceJob, priority: number): Promise<void> {
      const jobId = randomUUID()
      const job = await queues[lane].add('advance', data, {
        jobId,
        deduplication: { id: data.investigationId, keepLastIfActive: true },
        priority,
        attempts: 6,
        backoff: { type: 'exponential', delay: 500, jitter: 0.5 },
        removeOnComplete: { count: 1_000 },
        removeOnFail: { count: 1_000 },
      })
      // If this fails, the job keeps its old priority, and it is still queued.
      if (job.id !== jobId) await job.changePriority({ priority }).catch(() => {})
      if (lane === 'critical') await withdraw('investigations', data.investigationId).catch(() => {})
    },
    /** Which of these investigations have an unfinished job in any lane. */
    findLive: (investigationIds: string[]) => backend.findLive(Object.values(queues), investigationIds),
    /** Makes jobs due that are delayed beyond this time, and ends locks that last longer. Resolves with the number of jobs. */
    async promoteAfter(latest: Date): Promise<number> {
      const misdated = await backend.findMisdated(Object.values(queues), latest.getTime())
      for (const [queue, id] of misdated) {
        const job = await queue.getJob(id)
        // It may have become due in the meantime.
        await job?.promote().catch(() => {})
      }
      return misdated.length
    },
    counts: (lane: Lane) => queues[lane].getJobCounts('waiting', 'prioritized', 'active', 'delayed'),
    startWorker(
      lane: Lane,
      process: Processor,
      { concurrency, lockSeconds }: { concurrency: number; lockSeconds: number },
    ) {
      const worker = backend.worker(
        lane,
        async (job, token) => {
          const result = await process(AdvanceJob.parse(job.data), lane, job.priority)
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
      worker.on('error', warnSparingly(log, 'worker error'))
      worker.on('failed', (job, error) =>
        log.warn({ err: error, investigationId: job?.data?.investigationId }, 'job failed'),
      )
      return worker
    },
    async close() {
      await Promise.all(Object.values(queues).map(queue => queue.close()))
      backend.close()
    },
  }

  /** Removes the waiting job of a thread that has become more urgent from its old lane. A running job is left alone. */
  async function withdraw(lane: Lane, investigationId: string) {
    const jobId = await queues[lane].getDeduplicationJobId(investigationId)
    if (jobId !== null) await queues[lane].remove(jobId)
  }
}
export type JobQueue = ReturnType<typeof createJobQueue>

// The pauses grow for as long as another worker holds the thread.
async function postpone(job: Job, token: string | undefined): Promise<never> {
  const pauseMs = Math.min(LATER_MS * 2 ** Math.max(0, job.attemptsStarted - 1), LATEST_MS)
  await job.moveToDelayed(Date.now() + pauseMs, token)
  throw new DelayedError()
}
