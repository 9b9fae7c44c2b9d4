import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAuth, type TestAuth } from '../testing/start-auth.ts'

const PASSWORD = 'a long enough sentence'

let postgres: TestPostgres
let auth: TestAuth
let database: pg.Client
let people = 0

beforeAll(async () => {
  postgres = await startPostgres()
  auth = await startAuth(postgres)
  database = new pg.Client({ connectionString: auth.databaseUrl })
  await database.connect()
})
afterAll(async () => {
  await database.end()
  await auth.stop()
  await postgres.stop()
})

async function newPerson() {
  const credentials = { email: `person${++people}@example.com`, password: PASSWORD }
  await auth.post('/v1/register', credentials)
  return { credentials, signedIn: (await auth.post('/v1/login', credentials)).body }
}

const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` })
const change = (accessToken: string, currentPassword: string, newPassword: string) =>
  auth.app.inject({
    method: 'POST',
    url: '/v1/password/change',
    payload: { currentPassword, newPassword },
    headers: bearer(accessToken),
  })
const stateOf = async (accessToken: string) =>
  (await auth.app.inject({ url: '/v1/sessions/current', headers: bearer(accessToken) })).json().state

/** Resolves once `count` connections of auth wait for a lock, or one of the answers is there. */
async function untilWaiting(count: number, ...answers: Promise<unknown>[]): Promise<void> {
  let isAnswered = false
  void Promise.race(answers).finally(() => {
    isAnswered = true
  })
  const waiting = async () => {
    const { rows } = await database.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    return isAnswered || rows.length >= count
  }
  await expect.poll(waiting, { timeout: 10_000 }).toBe(true)
}

test('a sign-in with the old password starts no session once the change is under way', async () => {
  const { credentials } = await newPerson()
  const changing = new pg.Client({ connectionString: auth.databaseUrl })
  await changing.connect()
  await changing.query('BEGIN')
  await changing.query('UPDATE users SET sec_version = sec_version + 1 WHERE email = $1', [credentials.email])
  const login = auth.post('/v1/login', credentials)
  await untilWaiting(1, login)
  await changing.query('COMMIT')
  await changing.end()
  expect((await login).body).toMatchObject({ status: 401, code: 'WRONG_CREDENTIALS' })
})

test('a session that starts just before the password changes is ended by the change', async () => {
  const { credentials, signedIn } = await newPerson()
  const holding = new pg.Client({ connectionString: auth.databaseUrl })
  await holding.connect()
  await holding.query('BEGIN')
  await holding.query('SELECT 1 FROM users WHERE email = $1 FOR UPDATE', [credentials.email])
  const login = auth.post('/v1/login', credentials)
  await untilWaiting(1, login)
  const changed = change(signedIn.accessToken, PASSWORD, 'another long sentence')
  await untilWaiting(2, login, changed)
  await holding.query('COMMIT')
  await holding.end()
  const [late, renewed] = [(await login).body, (await changed).json()]
  expect([await stateOf(late.accessToken), await stateOf(renewed.accessToken)]).toEqual(['ended', 'active'])
})

test('a change to the same password is refused, and ends nothing', async () => {
  const { signedIn } = await newPerson()
  const answer = await change(signedIn.accessToken, PASSWORD, PASSWORD)
  expect(answer.json()).toMatchObject({
    status: 400,
    code: 'SAME_PASSWORD',
    fields: [{ field: 'newPassword', expected: 'another password than the current one' }],
  })
  expect(await stateOf(signedIn.accessToken)).toBe('active')
})
