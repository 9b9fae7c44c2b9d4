import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError, isRetryable } from '@goalixa/chassis/errors'
import retry from 'p-retry'

/** A read has a deadline of about ten seconds: a system that wants a longer pause is reported as unavailable instead. */
const MAX_RETRY_AFTER_SECONDS = 5

/**
 * Retries an idempotent read up to twice while the other system is unavailable, after 100 and 400 ms, plus the
 * seconds of its Retry-After header. A timeout is not retried: its time is used up. Rejects with the read's last failure,
 * and at once when the caller stops.
 */
export async function retryRead<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let lastFailure: unknown
  const attempt = () =>
    read().catch(error => {
      lastFailure = error
      throw error
    })
  return retry(attempt, {
    retries: 2,
    minTimeout: 100,
    factor: 4,
    signal,
    async shouldRetry({ error }) {
      if (!isTransient(error)) return false
      const { retryAfterSeconds = 0 } = error
      if (retryAfterSeconds > MAX_RETRY_AFTER_SECONDS) return false
      return waitUnlessAborted(retryAfterSeconds * 1000, signal)
    },
  }).catch(error => {
    // The other system's last failure says more than the fact that the deadline passed before the next attempt.
    throw error === signal.reason && isTimeout(error) ? (lastFailure ?? error) : error
  })
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError'
}

function isTransient(error: unknown): error is ExpectedError {
  return isRetryable(error) && error instanceof ExpectedError && !FINAL.has(error.code)
}

const FINAL = new Set([
  'NOT_CONFIGURED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_GARBLED',
  'UPSTREAM_UNTRUSTED',
  'PROXY_REFUSED',
  'CONNECTION_FILE_UNREADABLE',
])

function waitUnlessAborted(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false)
}
