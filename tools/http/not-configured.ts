import { ExpectedError } from '@goalixa/chassis/errors'

/** The failure of every call to a system that is not configured. */
export function notConfigured(system: string, setting: string): ExpectedError {
  return new ExpectedError('unavailable', 'NOT_CONFIGURED', `${system} is not configured: set ${setting}`)
}
