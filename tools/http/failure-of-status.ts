import { type ErrorKind, ExpectedError } from '@goalixa/chassis/errors'
import { escapeControlCharacters } from '../escape-control-characters.ts'
import { redactText } from '../redact.ts'

/**
 * The failure behind a status of 300 or more of another system's HTTP API. Codes: UPSTREAM_UNAUTHENTICATED,
 * _FORBIDDEN, _MISSING, _CONFLICT, _EXPIRED (410), _UNAVAILABLE (429 and 5xx), _REFUSED (all else).
 * `retryAfter` is the Retry-After header: seconds or an HTTP date (RFC 9110, section 10.2.3). `remedy`, a sentence, follows the reason.
 */
export function failureOfStatus(
  system: string,
  status: number,
  message: string,
  retryAfter?: unknown,
  remedy?: string,
): ExpectedError {
  const [kind, code] = meaningOf(status)
  // Here and not only in the recorder, because errors of writes end up in timelines as well.
  const reason = redactText(escapeControlCharacters(message.trim())).slice(0, 500)
  const failure = `${system} answered ${status}${reason ? `: ${reason}` : '.'}`
  return new ExpectedError(kind, code, remedy === undefined ? failure : addSentence(failure, remedy), {
    retryAfterSeconds: secondsUntil(retryAfter),
  })
}

function addSentence(text: string, sentence: string): string {
  return `${text}${/[.!?]$/.test(text) ? '' : '.'} ${sentence}`
}

function meaningOf(status: number): [ErrorKind, string] {
  if (status >= 500 || status === 429) return ['unavailable', 'UPSTREAM_UNAVAILABLE']
  return MEANINGS[status] ?? ['invalid', 'UPSTREAM_REFUSED']
}

function secondsUntil(retryAfter: unknown): number | undefined {
  if (typeof retryAfter !== 'string' || retryAfter === '') return undefined
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

const MEANINGS: Record<number, [ErrorKind, string]> = {
  401: ['unauthenticated', 'UPSTREAM_UNAUTHENTICATED'],
  403: ['forbidden', 'UPSTREAM_FORBIDDEN'],
  404: ['missing', 'UPSTREAM_MISSING'],
  408: ['unavailable', 'UPSTREAM_UNAVAILABLE'],
  409: ['conflict', 'UPSTREAM_CONFLICT'],
  410: ['unavailable', 'UPSTREAM_EXPIRED'],
}
