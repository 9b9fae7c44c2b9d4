import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError, isRetryable } from '@goalixa/chassis/errors'

const WAITS_MS = [100, 400]

/** Runs an idempotent read up to three times while the other side is unavailable. A timeout has used its time up already. */
export async function retryRead<T>(read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const waitMs of WAITS_MS) {
    try {
      return await read()
    } catch (error) {
      if (!mayWorkNow(error)) throw error
      // Stopped while waiting: why it waited says more than that it was stopped.
      await sleep(waitMs, undefined, { signal }).catch(() => {
        throw error
      })
    }
  }
  return read()
}

function mayWorkNow(error: unknown): boolean {
  return isRetryable(error) && error instanceof ExpectedError && !FINAL.has(error.code)
}

const FINAL = new Set(['NOT_CONFIGURED', 'UPSTREAM_TIMEOUT', 'UPSTREAM_GARBLED'])
