import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashPassword } from '../passwords/hash-password.ts'
import { startAuth, type TestAuth } from '../testing/start-auth.ts'
import type { SignedIn, Tokens } from './sessions.schema.ts'

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

const PASSWORD = 'a long enough sentence'
let people = 0

async function newPerson(): Promise<{ email: string; signedIn: SignedIn }> {
  const email = `person${++people}@example.com`
  await auth.post('/v1/register', { email, password: PASSWORD })
  const { body, status } = await auth.post('/v1/login', { email, password: PASSWORD })
  expect(status).toBe(200)
  return { email, signedIn: body }
}
const refresh = (refreshToken: string) => auth.post('/v1/token/refresh', { refreshToken })
const nextOf = async (tokens: Tokens): Promise<Tokens> => (await refresh(tokens.refreshToken)).body

test('a wrong password never signs in, and is answered like an unknown address', async () => {
  const { email } = await newPerson()
  const wrong = await auth.post('/v1/login', { email, password: 'not the password' })
  const unknown = await auth.post('/v1/login', { email: 'nobody@example.com', password: PASSWORD })
  expect(wrong.status).toBe(401)
  expect(wrong.body.code).toBe('WRONG_CREDENTIALS')
  expect(unknown.body).toEqual(wrong.body)
})

test('registering starts no session and does not reveal whether the address is known', async () => {
  const { email, signedIn } = await newPerson()
  const again = await auth.post('/v1/register', {
    email: ` ${email.toUpperCase()} `,
    password: 'another good sentence',
  })
  const fresh = await auth.post('/v1/register', { email: 'fresh@example.com', password: PASSWORD })
  expect([again.status, again.body]).toEqual([202, { status: 'accepted' }])
  expect([fresh.status, fresh.body]).toEqual([202, { status: 'accepted' }])
  expect(Object.keys(again.headers)).not.toContain('set-cookie')
  const hijack = await auth.post('/v1/login', { email, password: 'another good sentence' })
  expect(hijack.status).toBe(401)
  expect((await auth.me(signedIn.accessToken)).json().user.email).toBe(email)
})

test('a password must be long and uncommon; its composition does not matter (ASVS 6.2)', async () => {
  const faults = await Promise.all(
    ['short', 'Password123', 'TrustNo1', 'voxstrange', 'aaaaaaaaaaaa', 'x'.repeat(129)].map(password =>
      auth.post('/v1/register', { email: 'rules@example.com', password }),
    ),
  )
  expect(faults.map(({ status, body }) => [status, body.code, body.fields[0].field])).toEqual(
    faults.map(() => [400, 'WEAK_PASSWORD', 'password']),
  )
  const plain = await auth.post('/v1/register', { email: 'rules@example.com', password: 'only lower case' })
  expect(plain.status).toBe(202)
})

test('session ids are UUIDs, and a token names its user, session, issuer and audience', async () => {
  const { signedIn } = await newPerson()
  const claims = JSON.parse(Buffer.from(signedIn.accessToken.split('.')[1] ?? '', 'base64url').toString())
  expect(claims).toMatchObject({ sub: signedIn.user.id, aud: 'goalixa', iss: 'https://auth.test' })
  expect(claims.sid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  expect(claims.sub).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  expect(claims.exp - claims.iat).toBe(900)
})

test('a hash of an older cost is recomputed when its owner signs in', async () => {
  const { email } = await newPerson()
  const client = new pg.Client({ connectionString: auth.databaseUrl })
  await client.connect()
  const old = await hashPassword(PASSWORD, { memory: 8_192, passes: 1, parallelism: 1 })
  await client.query('UPDATE users SET password_hash = $1 WHERE email = $2', [old, email])
  expect((await auth.post('/v1/login', { email, password: PASSWORD })).status).toBe(200)
  const { rows } = await client.query('SELECT password_hash FROM users WHERE email = $1', [email])
  await client.end()
  expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect((await auth.post('/v1/login', { email, password: PASSWORD })).status).toBe(200)
})

test('a refresh rotates the token within one session row', async () => {
  const { signedIn } = await newPerson()
  const second = await nextOf(signedIn)
  const third = await nextOf(second)
  expect(new Set([signedIn.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3)
  expect((await auth.me(third.accessToken)).statusCode).toBe(200)
  const client = new pg.Client({ connectionString: auth.databaseUrl })
  await client.connect()
  const { rows } = await client.query('SELECT counter::int FROM sessions WHERE user_id = $1', [
    signedIn.user.id,
  ])
  await client.end()
  expect(rows).toEqual([{ counter: 3 }])
})

test('a replayed refresh token ends the whole session at once and is audited', async () => {
  const { signedIn } = await newPerson()
  const second = await nextOf(signedIn)
  const third = await nextOf(second)
  const replay = await refresh(signedIn.refreshToken)
  expect([replay.status, replay.body.code]).toEqual([401, 'REFRESH_REUSED'])
  expect((await refresh(third.refreshToken)).body.code).toBe('SESSION_ENDED')
  expect((await auth.me(third.accessToken)).statusCode).toBe(401)
  const client = new pg.Client({ connectionString: auth.databaseUrl })
  await client.connect()
  const { rows } = await client.query(
    "SELECT event FROM audit_log WHERE user_id = $1 AND event LIKE 'refresh%'",
    [signedIn.user.id],
  )
  await client.end()
  expect(rows).toEqual([{ event: 'refresh_reuse' }])
})

test('a refresh can be repeated within a minute and returns the same token', async () => {
  const { signedIn } = await newPerson()
  const first = await nextOf(signedIn)
  auth.clock.now += 59_000
  const again = await nextOf(signedIn)
  expect(again.refreshToken).toBe(first.refreshToken)
})

test('the previous token is a replay after one minute', async () => {
  const { signedIn } = await newPerson()
  await nextOf(signedIn)
  auth.clock.now += 61_000
  expect((await refresh(signedIn.refreshToken)).body.code).toBe('REFRESH_REUSED')
})

test('the previous token is a replay once its successor has been used, even within the minute', async () => {
  const { signedIn } = await newPerson()
  await nextOf(await nextOf(signedIn))
  expect((await refresh(signedIn.refreshToken)).body.code).toBe('REFRESH_REUSED')
})

test('twenty simultaneous refreshes are one rotation and no sign-out', async () => {
  const { signedIn } = await newPerson()
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(signedIn.refreshToken)))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1)
  expect((await refresh(answers[0]?.body.refreshToken)).status).toBe(200)
})

test('a session ends after seven idle days, and after thirty days in any case', async () => {
  const idle = await newPerson()
  auth.clock.now += 7 * 86_400_000 + 1
  expect((await refresh(idle.signedIn.refreshToken)).body.code).toBe('SESSION_ENDED')

  let { signedIn: tokens }: { signedIn: Tokens } = await newPerson()
  for (let day = 0; day < 30; day += 5) {
    auth.clock.now += 5 * 86_400_000
    tokens = await nextOf(tokens)
  }
  auth.clock.now += 1
  expect((await refresh(tokens.refreshToken)).body.code).toBe('SESSION_ENDED')
})

test('signing out ends the session and ignores foreign tokens', async () => {
  const { signedIn } = await newPerson()
  expect((await auth.post('/v1/logout', { refreshToken: signedIn.refreshToken })).status).toBe(204)
  expect((await auth.post('/v1/logout', { refreshToken: 'whatever' })).status).toBe(204)
  expect((await refresh(signedIn.refreshToken)).status).toBe(401)
  expect((await auth.me(signedIn.accessToken)).statusCode).toBe(401)
})

test('a forged or damaged refresh token is rejected and ends no session', async () => {
  const { signedIn } = await newPerson()
  const bytes = Buffer.from(signedIn.refreshToken, 'base64url')
  const forged = Buffer.from(bytes)
  forged.writeUInt32BE(99, 17)
  for (const token of [forged.toString('base64url'), 'garbage', `${signedIn.refreshToken}A`]) {
    const answer = await refresh(token)
    expect([answer.status, answer.body.code]).toEqual([401, 'INVALID_REFRESH_TOKEN'])
  }
  expect((await refresh(signedIn.refreshToken)).status).toBe(200)
})

test('failed sign-ins are limited per network and account, with a time to wait; others are not affected', async () => {
  const { email } = await newPerson()
  const statuses = []
  for (let attempt = 0; attempt < 11; attempt++)
    statuses.push((await auth.post('/v1/login', { email, password: 'guess number one' })).status)
  expect(statuses).toEqual([...Array(10).fill(401), 429])
  const blocked = await auth.post('/v1/login', { email, password: PASSWORD })
  expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(0)
  await newPerson()
  auth.clock.now += 11_000
  expect((await auth.post('/v1/login', { email, password: PASSWORD })).status).toBe(200)
})

test('an invalid body is a 400 that names the field, and its values reach no log line', async () => {
  const answer = await auth.post('/v1/login', { email: 'no address', password: 'hunter2-secret', extra: 1 })
  expect(answer.status).toBe(400)
  expect(answer.body.fields.map(({ field }: { field: string }) => field)).toContain('email')
  expect(auth.lines.join('')).not.toContain('hunter2-secret')
  for (const address of ['x'.repeat(300), `${'x'.repeat(300)}@example.com`]) {
    const { body } = await auth.post('/v1/register', { email: address, password: PASSWORD })
    expect(body.fields[0]).toEqual({ field: 'email', expected: 'an email address of at most 254 characters' })
  }
})
