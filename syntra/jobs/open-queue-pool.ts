import { setTimeout as sleep } from 'node:timers/promises'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { DEFAULT_SCHEMA } from 'bullmq'

const PAUSE_MS = 1_000

type Options = { url: string; name: string; max: number }

/** Opens a pool for BullMQ's tables, behind the circuit of the database: while it cannot be used, the pool refuses at once. */
export function openQueuePool(options: Options): Pool {
  return createPool({ ...options, searchPath: DEFAULT_SCHEMA })
}

/** The same for BullMQ's worker, which retries immediately after any failure: the pool delays each failure by a second. */
export function openPausingQueuePool(options: Options): Pool {
  const pool = openQueuePool(options)
  const connect = pool.connect.bind(pool)
  const query: (...args: unknown[]) => unknown = pool.query.bind(pool)
  return Object.assign(pool, {
    // With a callback it is a part of `query`.
    connect: (callback?: Parameters<typeof connect>[0]) =>
      callback ? connect(callback) : connect().catch(pauseAndThrow),
    query: (...args: unknown[]) => Promise.resolve(query(...args)).catch(pauseAndThrow),
  })
}

async function pauseAndThrow(error: unknown): Promise<never> {
  await sleep(PAUSE_MS)
  throw error
}
