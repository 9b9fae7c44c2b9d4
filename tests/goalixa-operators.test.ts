import { startAuth, type TestAuth } from '@goalixa/auth/testing/start-auth'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { fakeDependencies } from '@goalixa/syntra/testing/fake-dependencies'
import { startSyntra } from '@goalixa/syntra/testing/start-syntra'
import { afterAll, beforeAll, expect, it } from 'vitest'

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

async function signUp(email: string) {
  const account = { email, password: 'a long enough sentence' }
  await auth.post('/v1/register', account)
  const { body } = await auth.post('/v1/login', account)
  return { token: body.accessToken as string, id: (await auth.me(body.accessToken)).json().user.id as string }
}

it("lets an account of Goalixa's auth operate Syntra only if the settings name it", async () => {
  const [ada, customer] = [await signUp('ada@example.com'), await signUp('customer@example.com')]
  const syntra = await startSyntra({
    databaseUrl: await postgres.createDatabase(),
    dependencies: fakeDependencies('http://127.0.0.1:1'),
    worker: false,
    settings: {
      SYNTRA_JWKS_URL: `${auth.address}/.well-known/jwks.json`,
      SYNTRA_JWT_ISSUER: 'https://auth.test',
      SYNTRA_JWT_AUDIENCE: 'goalixa',
      SYNTRA_OPERATORS: `ada:operator:${ada.id}`,
    },
  })
  try {
    const asked = await syntra.post('/v1/investigations', { namespace: 'shop', service: 'core' }, ada.token)
    expect(asked.status).toBe(202)
    expect((await syntra.get(`/v1/investigations/${asked.body.id}`, ada.token)).body.requestedBy).toBe('ada')
    const refused = await syntra.get('/v1/incidents', customer.token)
    expect(refused).toMatchObject({ status: 403, body: { code: 'NO_ROLE' } })
    expect(refused.body.detail).toContain(customer.id)
  } finally {
    await syntra.stop()
  }
})
