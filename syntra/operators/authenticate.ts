import { ExpectedError } from '@goalixa/chassis/errors'
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import type { ApiKeysRepository } from './api-keys.repository.ts'
import { type Operator, Role } from './operator.ts'
import { parseBearerToken } from './parse-bearer-token.ts'
import type { ConfiguredOperator } from './parse-operators.ts'
import { roleFromClaims } from './role-from-claims.ts'

type Jwt = {
  jwksUrl: string
  issuer: string
  audience?: string
  roleClaim: string
  operators: ConfiguredOperator[]
}
type Deps = { apiKeys: ApiKeysRepository; jwt?: Jwt }

/** Says who a request is from: a JWT of the configured issuer, or an API key. Throws `unauthenticated` otherwise. */
export function createAuthenticate({ apiKeys, jwt }: Deps) {
  const keys = jwt && createRemoteJWKSet(new URL(jwt.jwksUrl), { timeoutDuration: 3_000 })

  return async (authorization: string | undefined): Promise<Operator> => {
    const token = parseBearerToken(authorization)
    if (token === undefined)
      throw new ExpectedError(
        'unauthenticated',
        'NOT_SIGNED_IN',
        'Send `Authorization: Bearer <key or token>`.',
      )
    const operator = isJwt(token) && keys && jwt ? await fromJwt(token, keys, jwt) : await apiKeys.find(token)
    if (!operator)
      throw new ExpectedError('unauthenticated', 'WRONG_CREDENTIALS', 'The key or token is not known.')
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
      `SYNTRA_OPERATORS does not name ${JSON.stringify(payload.sub)}, and the token's claim ${roleClaim} is none of ${Role.options.join(', ')}.`,
    )
  return { name: String(payload.sub), role }
}

// Anybody can write somebody's address into an account; only the issuer can say that it was checked.
function verifiedEmail({ email, email_verified }: JWTPayload): string | undefined {
  return email_verified === true && typeof email === 'string' ? email : undefined
}

function rethrow(error: unknown): never {
  const isTokenFault = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)
  throw isTokenFault
    ? new ExpectedError('unauthenticated', 'WRONG_CREDENTIALS', 'The token is not valid.', { cause: error })
    : new ExpectedError('unavailable', 'ISSUER_UNREACHABLE', 'The issuer of tokens can not be asked.', {
        cause: error,
      })
}

function isJwt(token: string): boolean {
  return token.split('.').length === 3
}
