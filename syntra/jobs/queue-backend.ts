import {
  createPostgresBackend,
  type Job,
  Queue,
  type QueueBaseOptions,
  Worker,
  type WorkerOptions,
} from 'bullmq'
import { Redis } from 'ioredis'

/** The part of BullMQ's queue and worker that both backends share and that is used here. */
export type OpenQueue = {
  add(name: string, data: unknown, options: Record<string, unknown>): Promise<unknown>
  getJobCounts(...states: ('waiting' | 'active' | 'delayed' | 'failed')[]): Promise<Record<string, number>>
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): Promise<void>
}
export type OpenWorker = {
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'failed', listener: (job: Job | undefined, error: Error) => void): unknown
  waitUntilReady(): Promise<unknown>
  close(force?: boolean): Promise<void>
}
type Process = (job: Job, token?: string) => Promise<unknown>
type Settings = Omit<WorkerOptions, keyof QueueBaseOptions>

/** Opens queues and workers on PostgreSQL (schema `bullmq`, made on first use), or on Redis if there is a URL. */
export function openBackend({ databaseUrl, redisUrl }: { databaseUrl: string; redisUrl?: string }) {
  return redisUrl ? onRedis(redisUrl) : onPostgres(databaseUrl)
}

function onPostgres(connectionString: string) {
  const connection = { connectionString, max: 4, migrate: true, connectionTimeoutMillis: 5_000 }
  return {
    queue: (name: string): OpenQueue => new Queue(name, { connection }, createPostgresBackend),
    worker: (name: string, process: Process, settings: Settings): OpenWorker =>
      new Worker(name, process, { ...settings, connection }, createPostgresBackend),
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
    close: () => {
      producer.disconnect()
      consumer.disconnect()
    },
  }
}
