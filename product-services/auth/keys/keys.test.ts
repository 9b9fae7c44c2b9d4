import { createTokenVerifier } from '@goalixa/chassis/access-token'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAuth, type TestAuth } from '../testing/start-auth.ts'

let postgres: TestPostgres
let auth: TestAuth

beforeAll(async () => {
  postgres = await startPostgres()
  auth = await startAuth(postgres)
})
afterAll(async () => {
  await auth.stop()
  await postgres.stop()
})

const OPTIONS = { issuer: 'https://auth.test', audience: 'goalixa', seconds: 900 }
const CLAIMS = { sub: '01890000-0000-7000-8000-000000000001', sid: '01890000-0000-7000-8000-000000000002' }
const verifier = (over: object = {}) =>
  createTokenVerifier({
    jwksUrl: `${auth.address}/.well-known/jwks.json`,
    issuer: OPTIONS.issuer,
    audience: OPTIONS.audience,
    now: () => auth.clock.now,
    ...over,
  })

test('the published keys hold no private part and verify what auth signs', async () => {
  const { keys } = (await auth.app.inject({ url: '/.well-known/jwks.json' })).json()
  expect(keys).toHaveLength(1)
  expect(Object.keys(keys[0]).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  expect(await verifier()(await auth.keys.sign(CLAIMS, OPTIONS))).toMatchObject(CLAIMS)
})

test('a token for another audience, issuer or time is rejected (ASVS 9.2.4)', async () => {
  const verify = verifier()
  const foreign = [
    await auth.keys.sign(CLAIMS, { ...OPTIONS, audience: 'another' }),
    await auth.keys.sign(CLAIMS, { ...OPTIONS, issuer: 'https://evil.test' }),
    await auth.keys.sign(CLAIMS, { ...OPTIONS, seconds: -1 }),
    'garbage',
  ]
  for (const token of foreign) await expect(verify(token)).rejects.toMatchObject({ code: 'INVALID_TOKEN' })
})

test('a failure to fetch the keys is not the caller’s fault', async () => {
  const verify = verifier({ jwksUrl: 'http://127.0.0.1:1/keys' })
  await expect(verify(await auth.keys.sign(CLAIMS, OPTIONS))).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'KEYS_UNAVAILABLE',
  })
})

test('a key is rotated without invalidating any token', async () => {
  const kidOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
  const before = await auth.keys.sign(CLAIMS, OPTIONS)
  await auth.keys.rotate()
  expect((await auth.keys.jwks()).keys).toHaveLength(2)
  expect(kidOf(await auth.keys.sign(CLAIMS, OPTIONS))).toBe(kidOf(before))

  auth.clock.now += 3_900_000 - 1_000
  const last = await auth.keys.sign(CLAIMS, OPTIONS)
  auth.clock.now += 2_000
  const after = await auth.keys.sign(CLAIMS, OPTIONS)
  expect([kidOf(last), kidOf(after)].map(kid => kid === kidOf(before))).toEqual([true, false])
  const verify = verifier()
  await verify(last)
  await verify(after)

  auth.clock.now += 1_200_000
  expect((await auth.keys.jwks()).keys.map(({ kid }) => kid)).toEqual([kidOf(after)])
})
