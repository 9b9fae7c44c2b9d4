import { redactText } from '../redact.ts'

/** Why a connection failed, as the lowest layer gives it: the system's or OpenSSL's code and a phrase that contains it. */
export type NetworkReason = { code: string; phrase: string; proxyStatus?: number }

type SystemError = Error &
  Partial<Record<'code' | 'address' | 'hostname' | 'host', string>> & { port?: number; statusCode?: number }

/** The reason of the innermost cause of a failed connection, without secrets. */
export function networkReason(error: unknown): NetworkReason {
  const lowest = lowestCause(error) as SystemError
  const code = typeof lowest.code === 'string' ? lowest.code : ''
  return {
    code,
    phrase: phraseOf(lowest, code),
    ...(code === PROXY_REFUSED && { proxyStatus: lowest.statusCode ?? 0 }),
  }
}

/** The code of Node's error for a proxy that opens no tunnel; its `statusCode` is the proxy's answer. */
export const PROXY_REFUSED = 'ERR_PROXY_TUNNEL'

function lowestCause(error: unknown): Error {
  let lowest = error instanceof Error ? error : new Error(String(error))
  for (let depth = 0; depth < 8; depth++) {
    // Each address of a name is tried, and each attempt fails on its own.
    const next: unknown = lowest instanceof AggregateError ? lowest.errors[0] : lowest.cause
    if (!(next instanceof Error)) break
    lowest = next
  }
  return lowest
}

function phraseOf(error: SystemError, code: string): string {
  const { address, port, hostname, statusCode } = error
  if (code === PROXY_REFUSED) return `the proxy answered ${statusCode ?? 'without a status'}`
  if (CERTIFICATE_PHRASES[code]) return CERTIFICATE_PHRASES[code]
  if (address !== undefined) return port === undefined ? `${code} ${address}` : `${code} ${address}:${port}`
  if (hostname !== undefined) return `the name ${hostname} does not resolve (${code})`
  const message = redactText(error.message.split('\n', 1)[0] ?? '')
    .slice(0, 300)
    .replace(/\.$/, '')
  return code === '' || message.includes(code) ? message : `${message} (${code})`
}

/** OpenSSL's own phrases; Node appends advice about its command line to some of them. */
const CERTIFICATE_PHRASES: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in certificate chain',
  UNABLE_TO_GET_ISSUER_CERT: 'unable to get issuer certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to get local issuer certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to verify the first certificate',
  CERT_SIGNATURE_FAILURE: 'certificate signature failure',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not yet valid',
  CERT_REVOKED: 'certificate revoked',
}
