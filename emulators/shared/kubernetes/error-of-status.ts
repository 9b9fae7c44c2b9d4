import { type ErrorKind, ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'

/** Returns the ExpectedError for a failed API call, with the message of the Kubernetes Status object. */
export function errorOfStatus(code: number, body: string): ExpectedError {
  const message = messageOf(body) ?? `The API server answered ${code}.`
  if (code === 410) return new ExpectedError('conflict', 'GONE', message)
  return new ExpectedError(
    KINDS[code] ?? (code >= 500 ? 'unavailable' : 'invalid'),
    `KUBERNETES_${code}`,
    message,
  )
}

const KINDS: Record<number, ErrorKind> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'missing',
  409: 'conflict',
  413: 'too-large',
  429: 'too-many',
}

function messageOf(body: string): string | undefined {
  try {
    return z.looseObject({ message: z.string() }).safeParse(JSON.parse(body)).data?.message
  } catch {
    return undefined
  }
}
