import type { Pool } from '@goalixa/chassis/postgres'
import { type Job, type JobsOptions, Queue, type QueueBaseOptions, Worker, type WorkerOptions } from 'bullmq'
import { Redis } from 'ioredis'
import { createBullmqBackend } from './create-bullmq-backend.ts'
import { openPausingQueuePool, openQueuePool } from './open-queue-pool.ts'

/** The part of BullMQ's queue and worker that both backends share and that is used here. */
export type OpenQueue = {
  name: string
  add(name: string, data: unknown, options: JobsOptions): Promise<Job>
  getJobCounts(
    ...states: ('waiting' | 'prioritized' | 'active' | 'delayed')[]
  ): Promise<Record<string, number>>
  getJob(id: string): Promise<Job | undefined>
  getDeduplicationJobId(id: string): Promise<string | null>
  remove(jobId: string): Promise<number>
  toKey(type: string): string
  waitUntilReady(): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): Promise<void>
}
export type OpenWorker = {
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'failed', listener: (job: Job | undefined, error: Error) => void): unknown
  waitUntilReady(): Promise<unknown>
  /** Takes no more jobs, and resolves when none is running. */
  pause(): Promise<void>
  close(force?: boolean): Promise<void>
}
type Options = { pool: Pool; databaseUrl: string; redisUrl?: string }
type Process = (job: Job, token?: string) => Promise<unknown>
type Settings = Omit<WorkerOptions, keyof QueueBaseOptions>

// BullMQ keeps the order of jobs within a millisecond in the lower bits of a score.
const REDIS_SCORES_PER_MS = 4_096

/** Opens queues and workers on PostgreSQL (schema `bullmq`, made on first use), or on Redis if there is a URL. */
export function openBackend({ pool, databaseUrl, redisUrl }: Options) {
  return redisUrl ? onRedis(redisUrl) : onPostgres(pool, databaseUrl)
}

function onPostgres(pool: Pool, url: string) {
  return {
    // Each queue and each worker has a pool of its own. A worker has one more connection, on which it waits for jobs.
    queue(name: string): OpenQueue {
      const own = openQueuePool({ url, name: `queue-${name}`, max: 1 })
      return new Queue(name, { connection: own }, createBullmqBackend(own))
    },
    worker(name: string, process: Process, settings: Settings): OpenWorker {
      const own = openPausingQueuePool({ url, name: `worker-${name}`, max: 3 })
      return new Worker(name, process, { ...settings, connection: own }, createBullmqBackend(own))
    },
    /** Returns those of these deduplication ids that have an unfinished job. BullMQ's own API looks up one id at a time. */
    async findLive(queues: OpenQueue[], ids: string[]): Promise<Set<string>> {
      await Promise.all(queues.map(queue => queue.waitUntilReady()))
      const { rows } = await pool.query<{ id: string }>(
        `SELECT dedup.dedup_id AS id FROM bullmq.dedup JOIN bullmq.job ON job.queue = dedup.queue AND job.id = dedup.job_id
         WHERE dedup.queue = ANY($1) AND dedup.dedup_id = ANY($2)`,
        [queues.map(({ name }) => name), ids],
      )
      return new Set(rows.map(({ id }) => id))
    },
    /**
     * Finds the delayed jobs that are due after this time (milliseconds since the epoch), as [queue, id], and ends locks
     * that last until later, and forgets that stalled jobs were looked for later. BullMQ reckons all of these by the clock of the
     * worker.
     */
    async findMisdated(queues: OpenQueue[], latestMs: number): Promise<[OpenQueue, string][]> {
      await Promise.all(queues.map(queue => queue.waitUntilReady()))
      const names = queues.map(({ name }) => name)
      await pool.query(
        `UPDATE bullmq.job SET locked_until_ms = 0 WHERE queue = ANY($1) AND state = 'active' AND locked_until_ms > $2`,
        [names, latestMs],
      )
      await pool.query(
        `DELETE FROM bullmq.meta WHERE queue = ANY($1) AND field = 'stalled-check' AND value::bigint > $2`,
        [names, latestMs],
      )
      const { rows } = await pool.query<{ queue: string; id: string }>(
        `SELECT queue, id FROM bullmq.job WHERE queue = ANY($1) AND state = 'delayed' AND process_at_ms > $2`,
        [names, latestMs],
      )
      return rows.flatMap(({ queue: name, id }) =>
        queues.filter(queue => queue.name === name).map((queue): [OpenQueue, string] => [queue, id]),
      )
    },
    close: () => {},
  }
}

function onRedis(url: string) {
  // A producer fails fast, and its outbox row waits; a worker waits for Redis indefinitely.
  const producer = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: true })
  const consumer = new Redis(url, { maxRetriesPerRequest: null })
  for (const client of [producer, consumer]) client.on('error', () => {})
  return {
    queue: (name: string): OpenQueue => new Queue(name, { connection: producer }),
    worker: (name: string, process: Process, settings: Settings): OpenWorker =>
      new Worker(name, process, { ...settings, connection: consumer }),
    async findLive(queues: OpenQueue[], ids: string[]): Promise<Set<string>> {
      const live = new Set<string>()
      for (const queue of queues) {
        const jobIds = await producer.mget(ids.map(id => queue.toKey(`de:${id}`)))
        const found = await Promise.all(
          jobIds.map(jobId => jobId !== null && producer.exists(queue.toKey(jobId))),
        )
        for (const [index, id] of ids.entries()) if (found[index]) live.add(id)
      }
      return live
    },
    // Locks expire by Redis's own clock.
    async findMisdated(queues: OpenQueue[], latestMs: number): Promise<[OpenQueue, string][]> {
      const found: [OpenQueue, string][] = []
      for (const queue of queues) {
        const after = `(${latestMs * REDIS_SCORES_PER_MS}`
        const ids = await producer.zrangebyscore(queue.toKey('delayed'), after, '+inf')
        found.push(...ids.map((id): [OpenQueue, string] => [queue, id]))
      }
      return found
    },
    close: () => {
      producer.disconnect()
      consumer.disconnect()
    },
  }
}
