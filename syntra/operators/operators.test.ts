import { createServer } from 'node:http'
import { createPool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakeWorld } from '../testing/fake-world.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { KEYS } from '../testing/test-config.ts'
import { createApiKeysRepository, parseBootstrapKeys } from './api-keys.repository.ts'

const ISSUER = 'https://auth.example.com'

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
    world: fakeWorld('http://127.0.0.1:1'),
    worker: false,
    settings: { SYNTRA_JWKS_URL: `http://127.0.0.1:${port}/jwks`, SYNTRA_JWT_ISSUER: ISSUER },
  })
})
afterAll(async () => {
  await syntra.stop()
  jwks.close()
  await postgres.stop()
})

function token(
  claims: Record<string, unknown>,
  { issuer = ISSUER, expires = '5m', key = keys.privateKey } = {},
) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k1' })
    .setSubject('ada@example.com')
    .setIssuer(issuer)
    .setExpirationTime(expires)
    .sign(key)
}
const list = async (key: string) => {
  const { status, body } = await syntra.get('/v1/incidents', key)
  return [status, body.code]
}
const ask = async (key: string) =>
  (await syntra.post('/v1/investigations', { namespace: 'shop', service: 'core' }, key)).status

test('a token of the issuer counts with the role it carries', async () => {
  expect(await list(await token({ role: 'viewer' }))).toEqual([200, undefined])
  expect(await ask(await token({ role: 'viewer' }))).toBe(403)
  expect(await ask(await token({ role: 'operator' }))).toBe(202)
})

test('another issuer, an expired token, a foreign key, no role and garbage are refused', async () => {
  const foreign = await generateKeyPair('EdDSA')
  expect(await list(await token({ role: 'admin' }, { issuer: 'https://evil.example.com' }))).toEqual([
    401,
    'WRONG_CREDENTIALS',
  ])
  expect(await list(await token({ role: 'admin' }, { expires: '-1m' }))).toEqual([401, 'WRONG_CREDENTIALS'])
  expect(await list(await token({ role: 'admin' }, { key: foreign.privateKey }))).toEqual([
    401,
    'WRONG_CREDENTIALS',
  ])
  expect(await list(await token({}))).toEqual([403, 'NO_ROLE'])
  expect(await list('a.b.c')).toEqual([401, 'WRONG_CREDENTIALS'])
  expect(await list('')).toEqual([401, 'NOT_SIGNED_IN'])
})

test('keys are stored as hashes, and a revoked one is refused', async () => {
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

test('a stranger learns nothing from validation', async () => {
  expect((await syntra.post('/v1/investigations', { nonsense: true }, 'no-such-key')).status).toBe(401)
})

test('a bad bootstrap key is named by its place and fault, never by its text', () => {
  expect(() => parseBootstrapKeys('ada:operator:0123456789abcdef,bob:king:s3cr3t')).toThrow(
    /entry 2: role: expected .*; key: expected a key of at least 16 characters/,
  )
  expect(() => parseBootstrapKeys('bob:king:s3cr3t')).not.toThrow(/s3cr3t/)
})

test('a key that is no longer configured is revoked, and a key may be given another name', async () => {
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
