import { MAX_KEYS_BYTES } from '@goalixa/chassis/access-token'
import { boundFetch } from '@goalixa/chassis/bound-fetch'
import { ExpectedError } from '@goalixa/chassis/errors'
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose'
import type { ApiKeysRepository } from './api-keys.repository.ts'
import { type Operator, Role } from './operator.ts'
import { parseBearerToken } from './parse-bearer-token.ts'
import type { ConfiguredOperator } from './parse-operators.ts'
import { roleFromClaims } from './role-from-claims.ts'

type Jwt = {
  jwksUrl: string
  issuer: string
  audience: string
  roleClaim: string
  operators: ConfiguredOperator[]
}
// The longest that OpenID Connect allows: https://openid.net/specs/openid-connect-core-1_0.html#IDToken
const MAX_NAME_BYTES = 255

type Deps = {
  apiKeys: ApiKeysRepository
  jwt?: Jwt
  /** Sends the request for the key set; by default the global `fetch`. */
  fetch?: typeof fetch
}

/** Identifies the operator by a JWT of the configured issuer or by an API key. Throws `unauthenticated` otherwise. */
export function createAuthenticate({ apiKeys, jwt, fetch }: Deps) {
  const keys =
    jwt &&
    createRemoteJWKSet(new URL(jwt.jwksUrl), {
      timeoutDuration: 3_000,
      [customFetch]: boundFetch('The issuer of tokens', MAX_KEYS_BYTES, fetch),
    })

  return async (authorization: string | undefined): Promise<Operator> => {
    const token = parseBearerToken(authorization)
    if (token === undefined)
      throw new ExpectedError(
        'unauthenticated',
        'NOT_SIGNED_IN',
        'The request has no credentials; send `Authorization: Bearer <key or token>`.',
      )
    const operator = isJwt(token) && keys && jwt ? await fromJwt(token, keys, jwt) : await apiKeys.find(token)
    if (!operator)
      throw new ExpectedError(
        'unauthenticated',
        'WRONG_CREDENTIALS',
        'The key or token is unknown or revoked; sign in again.',
      )
    return operator
  }
}
export type Authenticate = ReturnType<typeof createAuthenticate>

async function fromJwt(
  token: string,
  keys: ReturnType<typeof createRemoteJWKSet>,
  { issuer, audience, roleClaim, operators }: Jwt,
): Promise<Operator> {
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience,
    algorithms: ['EdDSA', 'Ed25519', 'ES256', 'RS256', 'PS256'],
    requiredClaims: ['sub', 'exp'],
  }).catch(rethrow)
  const known = operators.find(({ subject }) => subject === payload.sub || subject === verifiedEmail(payload))
  if (known) return { name: known.name, role: known.role }
  const role = roleFromClaims(payload, roleClaim)
  if (!role)
    throw new ExpectedError(
      'forbidden',
      'NO_ROLE',
      `${JSON.stringify(payload.sub)} has no role: SYNTRA_OPERATORS does not name this subject, and the token's claim ${roleClaim} is none of ${Role.options.join(', ')}.`,
    )
  const name = String(payload.sub)
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw new ExpectedError(
      'unauthenticated',
      'WRONG_CREDENTIALS',
      `The token's \`sub\` has ${Buffer.byteLength(name)} bytes; expected at most ${MAX_NAME_BYTES}. Name the subject in SYNTRA_OPERATORS.`,
    )
  return { name, role }
}

// Anyone can enter someone else's address in an account; only the issuer's claim proves that it was verified.
function verifiedEmail({ email, email_verified }: JWTPayload): string | undefined {
  return email_verified === true && typeof email === 'string' ? email : undefined
}

function rethrow(error: unknown): never {
  const isTokenFault = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)
  throw isTokenFault
    ? new ExpectedError(
        'unauthenticated',
        'WRONG_CREDENTIALS',
        'The token is invalid or expired; sign in again.',
        { cause: error },
      )
    : new ExpectedError(
        'unavailable',
        'ISSUER_UNREACHABLE',
        'The token issuer cannot be reached, so the token could not be verified; try again.',
        {
          cause: error,
        },
      )
}

function isJwt(token: string): boolean {
  return token.split('.').length === 3
}
