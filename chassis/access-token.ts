import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose'
import { boundFetch } from './bound-fetch.ts'
import { ExpectedError } from './errors.ts'

type Options = { jwksUrl: string; issuer: string; audience: string; now?: () => number }

/** The caller of a request: the user, the session, and when the token expires (seconds since 1970). */
export type Caller = { sub: string; sid: string | undefined; exp: number; claims: JWTPayload }

// A verification costs about 0.4 ms, and a client sends the same token with every request for 15 minutes.
const MAX_CACHED_TOKENS = 2_000
/** The largest key set that is read from an issuer, in bytes. */
export const MAX_KEYS_BYTES = 262_144
const KEYS_MAX_AGE_MS = 3_600_000
// The decoder also accepts white space and padding, which no header and no other service takes.
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * Verifies access tokens (EdDSA, issuer, audience, expiry) against the keys that an issuer publishes. Throws
 * `unauthenticated` INVALID_TOKEN for a bad token, but `unavailable` KEYS_UNAVAILABLE if the keys cannot be fetched:
 * that is not the caller's fault.
 */
export function createTokenVerifier({ jwksUrl, issuer, audience, now = Date.now }: Options) {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    cacheMaxAge: KEYS_MAX_AGE_MS,
    timeoutDuration: 2_000,
    [customFetch]: boundFetch('The issuer of tokens', MAX_KEYS_BYTES),
  })
  const cache = new Map<string, Caller>()

  return async function verify(token: string): Promise<Caller> {
    const cached = cache.get(token)
    if (cached && cached.exp * 1000 > now()) return cached
    cache.delete(token)
    const caller = await check(token)
    if (cache.size >= MAX_CACHED_TOKENS) cache.delete(cache.keys().next().value ?? '')
    cache.set(token, caller)
    return caller
  }

  async function check(token: string): Promise<Caller> {
    try {
      if (!COMPACT_JWS.test(token)) throw new errors.JWSInvalid('The token is not a compact JWS.')
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
      if (isTokenError(cause))
        throw new ExpectedError(
          'unauthenticated',
          'INVALID_TOKEN',
          'The access token is invalid or has expired. Sign in again.',
          {
            cause,
          },
        )
      throw new ExpectedError('unavailable', 'KEYS_UNAVAILABLE', 'The signing keys cannot be fetched.', {
        cause,
      })
    }
  }
}
export type TokenVerifier = ReturnType<typeof createTokenVerifier>

/** Returns the token of an `Authorization: Bearer` header. Throws `unauthenticated` MISSING_TOKEN if there is none. */
export function requireBearerToken(authorization: string | undefined): string {
  const token = /^Bearer ([\w.-]+)$/.exec(authorization ?? '')?.[1]
  if (token === undefined)
    throw new ExpectedError(
      'unauthenticated',
      'MISSING_TOKEN',
      'The request carries no access token; expected `Authorization: Bearer <token>`.',
    )
  return token
}

function isTokenError(error: unknown): boolean {
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
