import { ExpectedError } from '@goalixa/chassis/errors'

/** Returns the error of an exceeded rate limit, with the seconds to wait. */
export function tooManyAttempts(retryAfterSeconds: number): ExpectedError {
  return new ExpectedError(
    'too-many',
    'TOO_MANY_ATTEMPTS',
    'Too many attempts. Wait a moment, then try again.',
    {
      retryAfterSeconds,
    },
  )
}
