import { ExpectedError } from '@goalixa/chassis/errors'

/** The refusal of a limit, with the seconds to wait. */
export function tooManyAttempts(retryAfterSeconds: number): ExpectedError {
  return new ExpectedError('too-many', 'TOO_MANY_ATTEMPTS', 'Too many attempts. Please wait a moment.', {
    retryAfterSeconds,
  })
}
