import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { ExpectedError } from './errors.ts'

type Options = { jwksUrl: string; issuer: string; audience: string; now?: () => number }

/** Who calls: the user, the session, and when the token ends (seconds since 1970). */
export type Caller = { sub: string; sid: string | undefined; exp: number; claims: JWTPayload }

// A verification costs about 0.4 ms; the same token comes with every request of its 15 minutes.
const REMEMBERED = 2_000
const KEYS_MAX_AGE_MS = 3_600_000

/**
 * Checks access tokens (EdDSA, issuer, audience, expiry) against the keys an issuer publishes. Throws
 * `unauthenticated` INVALID_TOKEN for a bad token, but `unavailable` KEYS_UNAVAILABLE if the keys can not be read:
 * that is nobody's wrong token.
 */
export function createTokenVerifier({ jwksUrl, issuer, audience, now = Date.now }: Options) {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { cacheMaxAge: KEYS_MAX_AGE_MS, timeoutDuration: 2_000 })
  const known = new Map<string, Caller>()

  return async function verify(token: string): Promise<Caller> {
    const remembered = known.get(token)
    if (remembered && remembered.exp * 1000 > now()) return remembered
    known.delete(token)
    const caller = await check(token)
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value ?? '')
    known.set(token, caller)
    return caller
  }

  async function check(token: string): Promise<Caller> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ['EdDSA'],
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(now()),
      })
      const { sub = '', sid, exp = 0 } = payload
      return { sub, sid: typeof sid === 'string' ? sid : undefined, exp, claims: payload }
    } catch (cause) {
      if (saysBadToken(cause))
        throw new ExpectedError('unauthenticated', 'INVALID_TOKEN', 'The access token is not valid.', {
          cause,
        })
      throw new ExpectedError('unavailable', 'KEYS_UNAVAILABLE', 'The signing keys can not be read.', {
        cause,
      })
    }
  }
}
export type TokenVerifier = ReturnType<typeof createTokenVerifier>

/** The token of an `Authorization: Bearer` header. Throws `unauthenticated` MISSING_TOKEN. */
export function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer ([\w.-]+)$/.exec(authorization ?? '')?.[1]
  if (token === undefined)
    throw new ExpectedError('unauthenticated', 'MISSING_TOKEN', 'Send an access token as a Bearer token.')
  return token
}

function saysBadToken(error: unknown): boolean {
  return (
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported
  )
}
