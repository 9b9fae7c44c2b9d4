import { createServer } from 'node:http'
import { createPool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { KEYS } from '../testing/test-config.ts'
import { createApiKeysRepository, parseBootstrapKeys } from './api-keys.repository.ts'
import { parseOperators } from './parse-operators.ts'
import { roleFromClaims } from './role-from-claims.ts'

const ISSUER = 'https://auth.example.com'
const AUDIENCE = 'syntra'

let postgres: TestPostgres
let syntra: TestSyntra
let databaseUrl: string
const keys = await generateKeyPair('EdDSA')
const jwks = createServer(async (_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'EdDSA' }] }))
})

beforeAll(async () => {
  postgres = await startPostgres()
  await new Promise<void>(resolve => jwks.listen(0, '127.0.0.1', resolve))
  const address = jwks.address()
  const port = typeof address === 'object' ? address?.port : 0
  databaseUrl = await postgres.createDatabase()
  syntra = await startSyntra({
    databaseUrl,
    dependencies: fakeDependencies('http://127.0.0.1:1'),
    worker: false,
    settings: {
      SYNTRA_JWKS_URL: `http://127.0.0.1:${port}/jwks`,
      SYNTRA_JWT_ISSUER: ISSUER,
      SYNTRA_JWT_AUDIENCE: AUDIENCE,
      SYNTRA_JWT_ROLE_CLAIM: 'realm_access.roles',
      SYNTRA_OPERATORS: 'grace:operator:018f2c4e-0000-7000-8000-000000000001,lin:viewer:lin@example.com',
    },
  })
})
afterAll(async () => {
  await syntra.stop()
  jwks.close()
  await postgres.stop()
})

const withRoles = (...roles: string[]) => ({ realm_access: { roles } })
function token(
  claims: Record<string, unknown>,
  {
    issuer = ISSUER,
    audience = AUDIENCE,
    expires = '5m',
    key = keys.privateKey,
    subject = 'ada@example.com',
  } = {},
) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k1' })
    .setSubject(subject)
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(key)
}
const list = async (key: string) => {
  const { status, body } = await syntra.get('/v1/incidents', key)
  return [status, body.code]
}
const ask = async (key: string, service = 'core') =>
  (await syntra.post('/v1/investigations', { namespace: 'shop', service }, key)).status

test('a token of the issuer has the role in its claim', async () => {
  expect(await list(await token(withRoles('viewer')))).toEqual([200, undefined])
  expect(await ask(await token(withRoles('viewer')))).toBe(403)
  expect(await ask(await token(withRoles('offline_access', 'viewer', 'developer')))).toBe(202)
})

test('without a role claim the settings give the role, by subject or verified e-mail', async () => {
  const grace = await token({}, { subject: '018f2c4e-0000-7000-8000-000000000001' })
  expect(await ask(grace, 'auth')).toBe(202)
  const { incidents } = (await syntra.get('/v1/incidents', grace)).body
  expect(incidents[0].title).toBe('grace asked about shop/auth')
  const lin = (claims: object) => token({ email: 'lin@example.com', ...claims }, { subject: 'x' })
  expect(await list(await lin({ email_verified: true }))).toEqual([200, undefined])
  expect(await ask(await lin({ email_verified: true, ...withRoles('admin') }))).toBe(403)
  expect(await list(await lin({ email_verified: false }))).toEqual([403, 'NO_ROLE'])
  expect(await list(await lin({}))).toEqual([403, 'NO_ROLE'])
})

test('a subject that is longer than an issuer may make it is refused, before it decides anything', async () => {
  const signedIn = (subject: string) => token(withRoles('operator'), { subject })
  expect(await list(await signedIn('x'.repeat(255)))).toEqual([200, undefined])
  expect(await list(await signedIn('x'.repeat(256)))).toEqual([401, 'WRONG_CREDENTIALS'])
})

test('a role may be in a claim whose name has dots; other values are ignored', () => {
  const claim = 'https://example.com/role'
  expect(roleFromClaims({ [claim]: 'operator' }, claim)).toBe('operator')
  expect(roleFromClaims({ role: ['viewer', 'king', 'admin', 7] }, 'role')).toBe('admin')
  for (const payload of [{}, { role: 'king' }, { role: null }, { role: { admin: true } }])
    expect(roleFromClaims(payload, 'role')).toBeUndefined()
  expect(roleFromClaims({ a: 'text' }, 'a.length')).toBeUndefined()
  expect(roleFromClaims({}, 'constructor.name')).toBeUndefined()
})

test('another issuer or audience, an expired token, an unknown key, no role and malformed credentials are rejected', async () => {
  const foreign = await generateKeyPair('EdDSA')
  expect(await list(await token(withRoles('admin'), { issuer: 'https://evil.example.com' }))).toEqual([
    401,
    'WRONG_CREDENTIALS',
  ])
  expect(await list(await token(withRoles('admin'), { audience: 'another-app' }))).toEqual([
    401,
    'WRONG_CREDENTIALS',
  ])
  expect(await list(await token(withRoles('admin'), { expires: '-1m' }))).toEqual([401, 'WRONG_CREDENTIALS'])
  expect(await list(await token(withRoles('admin'), { key: foreign.privateKey }))).toEqual([
    401,
    'WRONG_CREDENTIALS',
  ])
  expect(await list(await token({}))).toEqual([403, 'NO_ROLE'])
  expect(await list('a.b.c')).toEqual([401, 'WRONG_CREDENTIALS'])
  expect(await list('')).toEqual([401, 'NOT_SIGNED_IN'])
})

test.each<Record<string, string>>([{}, { SYNTRA_JWT_AUDIENCE: '' }])(
  'an issuer without an audience prevents startup: %j',
  settings =>
    expect(
      startSyntra({
        databaseUrl,
        dependencies: fakeDependencies('http://127.0.0.1:1'),
        worker: false,
        settings: { SYNTRA_JWKS_URL: 'http://127.0.0.1:1/jwks', SYNTRA_JWT_ISSUER: ISSUER, ...settings },
      }),
    ).rejects.toMatchObject({
      code: 'BAD_CONFIGURATION',
      message: expect.stringContaining('SYNTRA_JWT_AUDIENCE'),
    }),
)

test('keys are stored as hashes, and a revoked key is rejected', async () => {
  const pool = createPool({ url: databaseUrl, name: 'test' })
  try {
    const { rows } = await pool.query('SELECT * FROM api_keys')
    expect(JSON.stringify(rows)).not.toContain(KEYS.bob)
    expect(await list(KEYS.bob)).toEqual([200, undefined])
    await pool.query(`UPDATE api_keys SET revoked_at = now() WHERE name = 'bob'`)
    expect(await list(KEYS.bob)).toEqual([401, 'WRONG_CREDENTIALS'])
  } finally {
    await pool.end()
  }
})

test('an unauthenticated caller learns nothing from validation', async () => {
  expect((await syntra.post('/v1/investigations', { nonsense: true }, 'no-such-key')).status).toBe(401)
})

test('an invalid bootstrap key is reported by position and reason, never by its text', () => {
  expect(() => parseBootstrapKeys('ada:operator:0123456789abcdef,bob:king:s3cr3t')).toThrow(
    /entry 2: role: expected .*; key: expected a key of at least 16 characters/,
  )
  expect(() => parseBootstrapKeys('bob:king:s3cr3t')).not.toThrow(/s3cr3t/)
})

test('a repeated name, key or subject is rejected with its field and first position, never with a key', () => {
  const key = '0123456789abcdef'
  const twice = (text: string) => () => parseBootstrapKeys(text)
  expect(twice(`ada:operator:${key},bob:viewer:${key}`)).toThrow(
    /^SYNTRA_BOOTSTRAP_KEYS entry 2: key: expected a value other than that of entry 1$/,
  )
  expect(twice(`ada:operator:${key},bob:viewer:${key}2,ada:admin:${key}3`)).toThrow(
    /^SYNTRA_BOOTSTRAP_KEYS entry 3: name: expected a value other than that of entry 1$/,
  )
  expect(() => parseOperators('ada:operator:auth0|1,bob:viewer:auth0|1')).toThrow(
    /^SYNTRA_OPERATORS entry 2: subject: expected a value other than that of entry 1$/,
  )
  expect(parseOperators('ci:viewer:system:serviceaccount:ci:bot')).toEqual([
    { name: 'ci', role: 'viewer', subject: 'system:serviceaccount:ci:bot' },
  ])
})

test('a key that is no longer configured is revoked, and a key may be renamed', async () => {
  const pool = createPool({ url: databaseUrl, name: 'test' })
  try {
    const repository = createApiKeysRepository(pool)
    const configured = (text: string) => repository.bootstrap(parseBootstrapKeys(text))
    await configured('mia:operator:key-of-mia-0000001,noa:viewer:key-of-noa-0000002')
    await configured('mia:operator:key-of-noa-0000002,noa:viewer:key-of-mia-0000001')
    expect(await repository.find('key-of-noa-0000002')).toEqual({ name: 'mia', role: 'operator' })
    await configured('mila:operator:key-of-mia-0000001')
    expect(await repository.find('key-of-mia-0000001')).toEqual({ name: 'mila', role: 'operator' })
    expect(await repository.find('key-of-noa-0000002')).toBeUndefined()
  } finally {
    await pool.end()
  }
})
