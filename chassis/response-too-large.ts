import { ExpectedError } from './errors.ts'

/** Creates the error for a response that is larger than its limit. */
export function responseTooLarge(upstream: string, maxBytes: number): ExpectedError {
  return new ExpectedError(
    'too-large',
    'RESPONSE_TOO_LARGE',
    `${upstream} sent more than ${maxBytes.toLocaleString('en')} bytes; the rest was not read.`,
  )
}
