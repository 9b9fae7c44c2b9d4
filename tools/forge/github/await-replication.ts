import { ExpectedError } from '@goalixa/chassis/errors'
import retry from 'p-retry'

/**
 * Repeats a request that failed because GitHub does not know yet what it has just created: its replicas may lag behind for a
 * moment. Repeats after 250, 500 and 1000 ms, then rejects with the last failure.
 */
export function awaitReplication<T>(
  request: () => Promise<T>,
  signal: AbortSignal,
  isLagging: (error: ExpectedError) => boolean = ({ kind }) => kind === 'missing',
): Promise<T> {
  return retry(request, {
    retries: 3,
    minTimeout: 250,
    factor: 2,
    signal,
    shouldRetry: ({ error }) => error instanceof ExpectedError && isLagging(error),
  })
}

/** The error if GitHub still cannot find what it has created, which it may do later. */
export function replicationError(what: string, cause: unknown): ExpectedError {
  return new ExpectedError(
    'unavailable',
    'NOT_REPLICATED',
    `GitHub cannot find ${what} yet, although it has just created it; expected to find it within seconds. Try again later.`,
    { cause },
  )
}
