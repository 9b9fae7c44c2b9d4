import { ExpectedError } from '@goalixa/chassis/errors'
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import type { KeysRepository, SigningKey } from './keys.repository.ts'

const CACHE_MS = 30_000
// Longer than any verifier caches a key set, so that no token arrives before its key.
const PUBLISHED_BEFORE_USE_MS = 3_900_000
// Longer than the lifetime of an access token.
const PUBLISHED_AFTER_USE_MS = 1_200_000

/** Creates the service that signs and verifies access tokens with Ed25519 keys, stored in the database and rotatable. */
export function createKeysService({ repository, now }: { repository: KeysRepository; now: () => number }) {
  let read: { at: number; keys: Promise<SigningKey[]> } | undefined

  async function published(): Promise<SigningKey[]> {
    const isFresh = read !== undefined && now() - read.at < CACHE_MS
    if (!isFresh || !read) read = { at: now(), keys: load() }
    const current = read
    const keys = await current.keys.catch(error => {
      if (read === current) read = undefined
      throw error
    })
    return keys.filter(key => key.retiredAt === null || key.retiredAt.getTime() > now())
  }

  async function load(): Promise<SigningKey[]> {
    const keys = await repository.list()
    if (keys.length > 0) return keys
    const first = await newKey(new Date(now()))
    await repository.add(async existing =>
      existing.length > 0 ? undefined : { key: first, othersRetireAt: new Date(now()) },
    )
    return repository.list()
  }

  return {
    /** Returns the public keys, for `/.well-known/jwks.json`. */
    async jwks(): Promise<{ keys: JWK[] }> {
      return { keys: (await published()).map(key => key.publicJwk) }
    },

    async sign(
      claims: { sub: string; sid: string },
      { issuer, audience, seconds }: { issuer: string; audience: string; seconds: number },
    ): Promise<string> {
      const key = (await published()).findLast(({ activeFrom }) => activeFrom.getTime() <= now())
      if (!key) throw new Error('No signing key is active.')
      const issuedAt = Math.floor(now() / 1000)
      return new SignJWT({ sid: claims.sid })
        .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'JWT' })
        .setSubject(claims.sub)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + seconds)
        .sign(await importJWK(key.privateJwk, 'EdDSA'))
    },

    /** Returns the user and session of a token. Throws INVALID_TOKEN. */
    async verify(
      token: string,
      { issuer, audience }: { issuer: string; audience: string },
    ): Promise<{ sub: string; sid: string }> {
      const keys = createLocalJWKSet(await this.jwks())
      const options = { issuer, audience, algorithms: ['EdDSA'], currentDate: new Date(now()) }
      try {
        const { payload } = await jwtVerify<{ sid: string }>(token, keys, options)
        return { sub: payload.sub ?? '', sid: payload.sid }
      } catch (cause) {
        if (!(cause instanceof errors.JOSEError)) throw cause
        throw new ExpectedError(
          'unauthenticated',
          'INVALID_TOKEN',
          'The access token is invalid or has expired. Sign in again.',
          {
            cause,
          },
        )
      }
    },

    /** Adds a new key: published now, used once every verifier has it; the old one stays for the overlap. */
    async rotate(): Promise<void> {
      const activeFrom = new Date(now() + PUBLISHED_BEFORE_USE_MS)
      const key = await newKey(activeFrom)
      const othersRetireAt = new Date(activeFrom.getTime() + PUBLISHED_AFTER_USE_MS)
      await repository.add(async () => ({ key, othersRetireAt }))
      read = undefined
    },
  }
}
export type KeysService = ReturnType<typeof createKeysService>

async function newKey(activeFrom: Date): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const bare = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(bare)
  const label = { kid, alg: 'EdDSA', use: 'sig' }
  return {
    kid,
    publicJwk: { ...bare, ...label },
    privateJwk: { ...(await exportJWK(privateKey)), ...label },
    activeFrom,
    retiredAt: null,
  }
}
