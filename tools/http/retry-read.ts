import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError, isRetryable } from '@goalixa/chassis/errors'

const WAITS_MS = [100, 400]

/** Retries an idempotent read up to twice while the other side is unavailable. A timeout is not retried: its time is used up. */
export async function retryRead<T>(read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const waitMs of WAITS_MS) {
    try {
      return await read()
    } catch (error) {
      if (!isTransient(error)) throw error
      // Aborted during the backoff: the original failure is more useful than the abort.
      await sleep(waitMs, undefined, { signal }).catch(() => {
        throw error
      })
    }
  }
  return read()
}

function isTransient(error: unknown): boolean {
  return isRetryable(error) && error instanceof ExpectedError && !FINAL.has(error.code)
}

const FINAL = new Set(['NOT_CONFIGURED', 'UPSTREAM_TIMEOUT', 'UPSTREAM_GARBLED'])
