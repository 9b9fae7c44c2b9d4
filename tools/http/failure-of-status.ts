import { type ErrorKind, ExpectedError } from '@goalixa/chassis/errors'
import { escapeControlCharacters } from '../escape-control-characters.ts'
import { redactText } from '../redact.ts'

/**
 * The failure behind a status of 300 or more of another system's HTTP API. Codes: UPSTREAM_UNAUTHENTICATED,
 * _FORBIDDEN, _MISSING, _CONFLICT, _EXPIRED (410), _UNAVAILABLE (429 and 5xx), _REFUSED (all else).
 */
export function failureOfStatus(system: string, status: number, message: string): ExpectedError {
  const [kind, code] = meaningOf(status)
  // Here and not only in the recorder, because errors of writes end up in timelines as well.
  const reason = redactText(escapeControlCharacters(message.trim())).slice(0, 500)
  return new ExpectedError(kind, code, `${system} answered ${status}${reason ? `: ${reason}` : '.'}`)
}

function meaningOf(status: number): [ErrorKind, string] {
  if (status >= 500 || status === 429) return ['unavailable', 'UPSTREAM_UNAVAILABLE']
  return MEANINGS[status] ?? ['invalid', 'UPSTREAM_REFUSED']
}

const MEANINGS: Record<number, [ErrorKind, string]> = {
  401: ['unauthenticated', 'UPSTREAM_UNAUTHENTICATED'],
  403: ['forbidden', 'UPSTREAM_FORBIDDEN'],
  404: ['missing', 'UPSTREAM_MISSING'],
  408: ['unavailable', 'UPSTREAM_UNAVAILABLE'],
  409: ['conflict', 'UPSTREAM_CONFLICT'],
  410: ['unavailable', 'UPSTREAM_EXPIRED'],
}
