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

/** The failure where GitHub still does not know what it has created, which it may do later. */
export function replicationError(what: string, cause: unknown): ExpectedError {
  return new ExpectedError(
    'unavailable',
    'NOT_REPLICATED',
    `GitHub does not find ${what}, although it has created it; it may do so later.`,
    { cause },
  )
}
