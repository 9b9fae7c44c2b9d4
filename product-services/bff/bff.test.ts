import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CORE_ROUTES } from './proxy/core-routes.ts'
import { createBrowser } from './testing/browser.ts'
import { startService, type TestService } from './testing/start-service.ts'

let postgres: TestPostgres
let auth: TestService
let core: TestService
let bff: TestService

beforeAll(async () => {
  postgres = await startPostgres()
  auth = await startService('auth', { DATABASE_URL: await postgres.createDatabase() })
  const AUTH_JWKS_URL = `${auth.address}/.well-known/jwks.json`
  core = await startService('core', { DATABASE_URL: await postgres.createDatabase(), AUTH_JWKS_URL })
  bff = await startBff({ AUTH_JWKS_URL })
})
afterAll(async () => {
  for (const service of [bff, core, auth]) expect(await service?.stop()).toBe(0)
  await postgres.stop()
})

const startBff = (env: Record<string, string> = {}) =>
  startService('bff', {
    AUTH_URL: auth.address,
    CORE_URL: core.address,
    AUTH_JWKS_URL: `${auth.address}/.well-known/jwks.json`,
    INSECURE_COOKIES: 'true',
    ...env,
  })
const browser = () => createBrowser(bff.address)
let people = 0
const address = () => `person${++people}@example.com`

async function signedIn() {
  const page = browser()
  const email = address()
  expect((await page.signUp(email)).status).toBe(200)
  return { page, email }
}

test('signing in sets two HttpOnly cookies and shows the page no token', async () => {
  const page = browser()
  const answer = await page.signUp(address())
  expect(Object.keys(answer.body as object)).toEqual(['user'])
  expect(answer.setCookies).toHaveLength(2)
  for (const cookie of answer.setCookies) expect(cookie).toMatch(/^gx_[ar]t=.*HttpOnly.*SameSite=Lax/)
})

test('ASVS 3.3.1: away from loopback the cookies are Secure and bound to the host', async () => {
  const secure = await startBff({ INSECURE_COOKIES: 'false' })
  try {
    const { setCookies } = await createBrowser(secure.address).signUp(address())
    for (const cookie of setCookies)
      expect(cookie).toMatch(/^__Host-gx_[ar]t=[^;]+;.*Path=\/;.*HttpOnly;.*Secure/)
    expect(setCookies.join()).not.toContain('Domain')
  } finally {
    await secure.stop()
  }
})

test('defect 1: nobody sees another user’s dashboard, warm or cold', async () => {
  const { page: anna, email } = await signedIn()
  const { page: ben } = await signedIn()
  await anna.post('/bff/v1/tasks', { name: 'Anna’s secret' })
  for (let round = 0; round < 2; round++) {
    expect((await anna.get('/bff/aggregate/dashboard')).body).toMatchObject({
      user: { email },
      tasks: [{ name: 'Anna’s secret' }],
      missing: [],
    })
    expect((await ben.get('/bff/aggregate/dashboard')).body).toMatchObject({ tasks: [], missing: [] })
  }
})

test('the cached dashboard is never older than the data', async () => {
  const { page } = await signedIn()
  await page.get('/bff/aggregate/dashboard')
  await page.post('/bff/v1/projects', { name: 'New' })
  await page.post('/bff/v1/timer/start', {})
  const { body } = await page.get('/bff/aggregate/dashboard?time_zone=Europe/Berlin')
  expect(body).toMatchObject({
    projects: [{ name: 'New' }],
    timer: { ended_at: null },
    today: { seconds: 0 },
  })
})

test('defect 2: a made-up token is no session', async () => {
  const page = browser()
  const bearer = await page.get('/bff/aggregate/dashboard', { authorization: 'Bearer garbage' })
  expect(bearer.status).toBe(401)
  page.cookies.set('gx_at', 'garbage')
  page.cookies.set('gx_rt', 'garbage')
  const cookie = await page.get('/bff/aggregate/dashboard')
  expect([cookie.status, (cookie.body as { code: string }).code]).toEqual([401, 'SIGNED_OUT'])
  expect(page.cookies.size).toBe(0)
})

test('an access token that ran out is renewed in passing, once for all simultaneous requests', async () => {
  const { page } = await signedIn()
  const before = page.cookies.get('gx_rt')
  page.cookies.delete('gx_at')
  const answers = await Promise.all(Array.from({ length: 20 }, () => page.get('/bff/v1/tasks')))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(
    new Set(answers.flatMap(({ setCookies }) => setCookies.filter(c => c.startsWith('gx_rt')))).size,
  ).toBe(1)
  expect(page.cookies.get('gx_rt')).not.toBe(before)
  expect((await page.get('/bff/auth/me')).status).toBe(200)
})

test('signing out ends the session also for somebody who kept the cookies', async () => {
  const { page } = await signedIn()
  const kept = new Map(page.cookies)
  expect((await page.post('/bff/auth/logout')).status).toBe(204)
  expect(page.cookies.size).toBe(0)
  const thief = browser()
  thief.cookies.set('gx_rt', kept.get('gx_rt') ?? '')
  expect((await thief.get('/bff/auth/me')).status).toBe(401)
})

test('a write that a foreign page could have caused is refused', async () => {
  const { page } = await signedIn()
  const write = (headers: Record<string, string>) => page.post('/bff/v1/tasks', { name: 'x' }, headers)
  const foreign = [
    await write({ origin: 'https://evil.test' }),
    await write({ origin: 'null' }),
    await write({ 'sec-fetch-site': 'cross-site' }),
    await write({ 'sec-fetch-site': 'same-site' }),
    await page.ask('POST', '/bff/auth/logout', undefined, { origin: 'https://evil.test' }),
  ]
  expect(foreign.map(({ status }) => status)).toEqual(foreign.map(() => 403))
  const plain = await fetch(`${bff.address}/bff/auth/logout`, { method: 'POST' })
  expect(plain.status).toBe(403)
  expect((await write({ origin: bff.address, 'sec-fetch-site': 'same-origin' })).status).toBe(201)
})

test('defect 19: every route the browser may use exists in core', async () => {
  const { paths } = (await (await fetch(`${core.address}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>
  }
  const known = CORE_ROUTES.map(([method, path]) => [
    path,
    paths[path.replace(':id', '{id}')]?.[method.toLowerCase()] !== undefined,
  ])
  expect(known).toEqual(CORE_ROUTES.map(([, path]) => [path, true]))
  const { page } = await signedIn()
  const answer = await page.get('/bff/v1/head')
  expect([answer.status, (answer.body as { code: string }).code]).toEqual([404, 'NO_SUCH_ROUTE'])
})

test('core’s answers go through with their status, problem and fields', async () => {
  const { page } = await signedIn()
  const created = await page.post('/bff/v1/projects', { name: 'Garden' })
  const { id, rev } = created.body as { id: string; rev: number }
  expect(created.status).toBe(201)
  const stale = await page.ask(
    'PATCH',
    `/bff/v1/projects/${id}`,
    { name: 'Other' },
    { 'if-match': `"${rev - 1}"` },
  )
  expect([stale.status, stale.headers.get('content-type')]).toEqual([
    409,
    'application/problem+json; charset=utf-8',
  ])
  const empty = await page.post('/bff/v1/projects', {})
  expect(empty.body).toMatchObject({ status: 400, fields: [{ field: 'name' }] })
  expect((await page.ask('DELETE', `/bff/v1/projects/${id}`)).status).toBe(204)
  expect((await page.get(`/bff/v1/projects/${id}`)).status).toBe(404)
  expect((await page.get('/bff/v1/tasks/..%2ftimer')).status).toBe(400)
})

test('a device syncs through the BFF', async () => {
  const { page } = await signedIn()
  const id = '01890000-0000-7000-8000-000000000001'
  const stamp = { ms: Date.now(), counter: 0, clientId: 'phone' }
  const op = { seq: 1, entity: 'tasks', id, field: 'name', value: 'Water the plants', stamp, base: null }
  const { status, body } = await page.post('/bff/sync', {
    attempt: 1,
    clientId: 'phone',
    cursor: 0,
    ops: [op],
    schema: 1,
  })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    acks: [1],
    changes: [{ id, fields: { name: { value: 'Water the plants' } } }],
  })
})

test('defect 6: trouble behind the BFF is a 503, keeps the session, and is counted for its upstream', async () => {
  const { page } = await signedIn()
  const lonely = await startBff({ CORE_URL: 'http://127.0.0.1:1', AUTH_URL: 'http://127.0.0.1:1' })
  try {
    const stranded = createBrowser(lonely.address)
    for (const [name, value] of page.cookies) stranded.cookies.set(name, value)
    const answers = [
      await stranded.get('/bff/v1/tasks'),
      await stranded.get('/bff/aggregate/dashboard'),
      await stranded.get('/bff/auth/me'),
    ]
    stranded.cookies.delete('gx_at')
    answers.push(await stranded.get('/bff/v1/tasks'))
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503])
    expect(answers.flatMap(({ setCookies }) => setCookies)).toEqual([])
    expect((await fetch(`${lonely.address}/readyz`)).status).toBe(200)
    const metrics = await (await fetch(`${lonely.metricsAddress}/metrics`)).text()
    for (const upstream of ['auth', 'core'])
      expect(metrics).toMatch(
        new RegExp(
          `goalixa_upstream_request_duration_seconds_count{upstream="${upstream}",outcome="error"} \\d`,
        ),
      )
  } finally {
    await lonely.stop()
  }
})

test('a BFF that expects another issuer signs nobody out', async () => {
  const { page } = await signedIn()
  const confused = await startBff({ ISSUER: 'https://another.test' })
  try {
    const other = createBrowser(confused.address)
    for (const [name, value] of page.cookies) other.cookies.set(name, value)
    const { status, body } = await other.get('/bff/v1/tasks')
    expect([status, (body as { code: string }).code]).toEqual([502, 'AUTH_UNCLEAR'])
    expect(other.cookies.size).toBe(2)
  } finally {
    await confused.stop()
  }
})

test.each(['auth', 'core', 'bff'])(
  '%s without its settings ends at once and names each in one line',
  async name => {
    const settings = {
      auth: ['DATABASE_URL'],
      core: ['DATABASE_URL', 'AUTH_JWKS_URL'],
      bff: ['AUTH_URL', 'CORE_URL'],
    }[name]
    const message = await startService(name, { PORT: 'none' }).catch((error: Error) => error.message)
    expect(message).toContain(`${name} ended with 1: [{"level":"fatal"`)
    for (const setting of ['PORT', ...(settings ?? [])]) expect(message).toContain(setting)
  },
)

test('a dashboard of which a part is missing says so and is not kept', async () => {
  const { page, email } = await signedIn()
  const deaf = await startBff({ AUTH_URL: 'http://127.0.0.1:1' })
  try {
    const other = createBrowser(deaf.address)
    for (const [name, value] of page.cookies) other.cookies.set(name, value)
    for (let round = 0; round < 2; round++)
      expect((await other.get('/bff/aggregate/dashboard')).body).toMatchObject({
        user: null,
        tasks: [],
        missing: ['user'],
      })
  } finally {
    await deaf.stop()
  }
  expect((await page.get('/bff/aggregate/dashboard')).body).toMatchObject({ user: { email }, missing: [] })
})

test('the trace of a request goes on into core, and a body keeps its Content-Type', async () => {
  const { page } = await signedIn()
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const heard: IncomingHttpHeaders[] = []
  const spy = createServer((request, response) => {
    heard.push(request.headers)
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>(resolve => spy.listen(0, '127.0.0.1', resolve))
  const { port } = spy.address() as AddressInfo
  const listened = await startBff({ CORE_URL: `http://127.0.0.1:${port}` })
  try {
    const other = createBrowser(listened.address)
    for (const [name, value] of page.cookies) other.cookies.set(name, value)
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
    await other.post('/bff/v1/tasks', { name: 'x' }, headers)
    expect(heard).toEqual([
      expect.objectContaining({
        traceparent: expect.stringMatching(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
        'content-type': 'application/json',
        authorization: expect.stringMatching(/^Bearer /),
      }),
    ])
    expect(heard[0]).not.toHaveProperty('cookie')
  } finally {
    await listened.stop()
    spy.close()
  }
})
