import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SummaryReport } from '@goalixa/core/reports/reports.schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Dashboard } from './dashboard/dashboard.schema.ts'
import { CORE_ROUTES } from './proxy/core-routes.ts'
import { createBrowser } from './testing/browser.ts'
import { startProduct, type TestProduct } from './testing/start-product.ts'
import { startService } from './testing/start-service.ts'

let product: TestProduct

beforeAll(async () => {
  product = await startProduct()
})
afterAll(async () => {
  expect(await product.stop()).toEqual([0, 0, 0])
})

test('a user never sees another user’s dashboard, cached or not', async () => {
  const { page: anna, email } = await product.signedIn()
  const { page: ben } = await product.signedIn()
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
  const { page } = await product.signedIn()
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

test('the time of today is that of the report, also where the running timer was interrupted', async () => {
  const { page } = await product.signedIn()
  const { zone, at } = noonZone()
  await page.post('/bff/v1/time-entries', { started_at: at(-60) })
  await page.post('/bff/v1/time-entries', { started_at: at(-30), ended_at: at(-10) })
  const { today } = (await page.get(`/bff/aggregate/dashboard?time_zone=${zone}`)).body as Dashboard
  expect(today).toMatchObject({ seconds: 50 * 60, runningSince: at(-10) })
  const day = `from=${today?.date}&to=${today?.date}&time_zone=${zone}`
  const { body } = await page.get(`/bff/v1/reports/summary?${day}`)
  const { totalSeconds, live } = body as SummaryReport
  expect(live?.since).toBe(today?.runningSince)
  expect(totalSeconds - (live?.seconds ?? 0)).toBe(today?.seconds)
})

test('no task is missing from the dashboard silently, however long the list is', async () => {
  const { page } = await product.signedIn()
  // 20,000 characters each: a page of core ends after about a hundred.
  await addTasks(page, 0, 120)
  const { tasks, missing } = (await page.get('/bff/aggregate/dashboard')).body as Dashboard
  expect([tasks?.length, missing]).toEqual([120, []])
  await addTasks(page, 120, 320)
  await addTasks(page, 320, 520)
  expect((await page.get('/bff/aggregate/dashboard')).body).toMatchObject({ tasks: null, missing: ['tasks'] })
})

// A zone in which it is about noon, so that no day begins or ends during the test, and minutes from now.
function noonZone() {
  const now = new Date()
  const hours = now.getUTCHours() - 12
  const at = (minutes: number) =>
    new Date(Math.floor(now.getTime() / 1000) * 1000 + minutes * 60_000).toISOString()
  return { zone: `Etc/GMT${hours < 0 ? hours : `%2B${hours}`}`, at }
}

async function addTasks(page: ReturnType<typeof createBrowser>, from: number, to: number) {
  const stamp = { ms: Date.now(), clientId: 'phone' }
  const ops = Array.from({ length: to - from }, (_, index) => ({
    ...{ seq: from + index + 1, entity: 'tasks', field: 'note', value: 'n'.repeat(20_000), base: null },
    id: `01890000-0000-7000-8000-${String(from + index).padStart(12, '0')}`,
    stamp: { ...stamp, counter: from + index },
  }))
  const request = { attempt: to, clientId: 'phone', cursor: 0, ops, schema: 1 }
  const { body } = await page.post('/bff/sync', request)
  expect(body).toMatchObject({ error: null, rejects: [] })
}

test('every route that the browser may use exists in core', async () => {
  const { paths } = (await (await fetch(`${product.core.address}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>
  }
  const known = CORE_ROUTES.map(([method, path]) => [
    path,
    paths[path.replace(':id', '{id}')]?.[method.toLowerCase()] !== undefined,
  ])
  expect(known).toEqual(CORE_ROUTES.map(([, path]) => [path, true]))
  const { page } = await product.signedIn()
  const answer = await page.get('/bff/v1/head')
  expect([answer.status, (answer.body as { code: string }).code]).toEqual([404, 'NO_SUCH_ROUTE'])
})

test('core’s responses pass through with their status, problem and fields', async () => {
  const { page } = await product.signedIn()
  const created = await page.post('/bff/v1/projects', { name: 'Garden' })
  const { id, rev } = created.body as { id: string; rev: number }
  expect(created.status).toBe(201)
  const stale = await page.request(
    'PATCH',
    `/bff/v1/projects/${id}`,
    { name: 'Other' },
    { 'if-match': `"${rev - 1}"` },
  )
  expect([stale.status, stale.headers.get('content-type')]).toEqual([
    409,
    'application/problem+json; charset=utf-8',
  ])
  for (const garbage of ['garbage', `"${'9'.repeat(400)}"`]) {
    const answer = await page.request(
      'PATCH',
      `/bff/v1/projects/${id}`,
      { name: 'Other' },
      { 'if-match': garbage },
    )
    expect(answer.body).toMatchObject({ status: 400, fields: [{ field: 'if-match' }] })
  }
  expect((await page.get(`/%62ff/v1/projects/${id}`)).status).toBe(200)
  const empty = await page.post('/bff/v1/projects', {})
  expect(empty.body).toMatchObject({ status: 400, fields: [{ field: 'name' }] })
  expect((await page.request('DELETE', `/bff/v1/projects/${id}`)).status).toBe(204)
  expect((await page.get(`/bff/v1/projects/${id}`)).status).toBe(404)
  expect((await page.get('/bff/v1/tasks/..%2ftimer')).status).toBe(400)
})

test('a deeply nested value is refused by field, and counts as an error of neither the BFF nor core', async () => {
  const { page } = await product.signedIn()
  const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
  for (const levels of [70, 2_000])
    expect((await page.post('/bff/v1/tasks', { name: 'x', note: nested(levels) })).body).toMatchObject({
      status: 400,
      code: 'JSON_TOO_DEEP',
      fields: [{ field: 'note', expected: expect.stringContaining('64 levels') }],
    })
  for (const service of [product.bff, product.core]) {
    const metrics = await (await fetch(`${service.metricsAddress}/metrics`)).text()
    expect(metrics).not.toMatch(/status="5|outcome="(?!ok)/)
  }
})

test('a hundred parallel requests of one person are answered 429 from the limit on, and harm nobody else', async () => {
  const [{ page }, { page: other }] = [await product.signedIn(), await product.signedIn()]
  const countErrors = async () => {
    const services = [product.bff, product.core]
    const texts = await Promise.all(
      services.map(async ({ metricsAddress }) => (await fetch(`${metricsAddress}/metrics`)).text()),
    )
    return texts.flatMap(text => text.match(/^goalixa_.*(?:status="5|outcome="(?!ok)).*$/gm) ?? [])
  }
  const before = await countErrors()
  // Without the limit four hundred of them time out in core. A hundred show the limit, on a busy machine as well.
  const flood = Promise.all(Array.from({ length: 100 }, () => page.get('/bff/v1/timer')))
  expect((await other.get('/bff/v1/tasks')).status).toBe(200)
  const answers = await flood
  const statuses = answers.map(({ status }) => status)
  expect([...new Set(statuses)].toSorted()).toEqual([200, 429])
  expect(answers.find(({ status }) => status === 429)?.body).toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  expect((await page.get('/bff/v1/timer')).status).toBe(200)
  expect(await countErrors()).toEqual(before)
})

test('a device syncs through the BFF', async () => {
  const { page } = await product.signedIn()
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

test('an outage behind the BFF is a 503, keeps the session, and is counted for its upstream', async () => {
  const { page } = await product.signedIn()
  const isolated = await product.startBff({ CORE_URL: 'http://127.0.0.1:1', AUTH_URL: 'http://127.0.0.1:1' })
  try {
    const stranded = createBrowser(isolated.address)
    for (const [name, value] of page.cookies) stranded.cookies.set(name, value)
    const answers = [
      await stranded.get('/bff/v1/tasks'),
      await stranded.get('/bff/aggregate/dashboard'),
      await stranded.get('/bff/auth/me'),
      await stranded.get('/bff/auth/session'),
      await createBrowser(isolated.address).get('/bff/auth/session'),
    ]
    stranded.cookies.delete('gx_at')
    answers.push(await stranded.get('/bff/v1/tasks'), await stranded.post('/bff/auth/logout'))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503))
    expect(answers.flatMap(({ setCookies }) => setCookies)).toEqual([])
    expect((await fetch(`${isolated.address}/readyz`)).status).toBe(200)
    const metrics = await (await fetch(`${isolated.metricsAddress}/metrics`)).text()
    for (const upstream of ['auth', 'core'])
      expect(metrics).toMatch(
        new RegExp(
          `goalixa_upstream_request_duration_seconds_count{upstream="${upstream}",outcome="error"} \\d`,
        ),
      )
  } finally {
    await isolated.stop()
  }
})

test.each(['auth', 'core', 'bff'])(
  '%s without its settings exits at once and names each missing one',
  async name => {
    const settings = {
      auth: ['DATABASE_URL'],
      core: ['DATABASE_URL', 'AUTH_JWKS_URL'],
      bff: ['AUTH_URL', 'CORE_URL'],
    }[name]
    const message = await startService(name, { PORT: 'none' }).catch((error: Error) => error.message)
    expect(message).toContain(`${name} ended with 1`)
    expect(message).not.toContain('    at ')
    for (const setting of ['PORT', ...(settings ?? [])]) expect(message).toContain(setting)
  },
)

test('a dashboard with a missing part names the part and is not cached', async () => {
  const { page, email } = await product.signedIn()
  const withoutAuth = await product.startBff({ AUTH_URL: 'http://127.0.0.1:1' })
  try {
    const other = createBrowser(withoutAuth.address)
    for (const [name, value] of page.cookies) other.cookies.set(name, value)
    for (let round = 0; round < 2; round++)
      expect((await other.get('/bff/aggregate/dashboard')).body).toMatchObject({
        user: null,
        tasks: [],
        missing: ['user'],
      })
  } finally {
    await withoutAuth.stop()
  }
  expect((await page.get('/bff/aggregate/dashboard')).body).toMatchObject({ user: { email }, missing: [] })
})

test('the trace of a request continues in core, and a body keeps its Content-Type', async () => {
  const { page } = await product.signedIn()
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const received: IncomingHttpHeaders[] = []
  const spy = createServer((request, response) => {
    received.push(request.headers)
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>(resolve => spy.listen(0, '127.0.0.1', resolve))
  const { port } = spy.address() as AddressInfo
  const observed = await product.startBff({ CORE_URL: `http://127.0.0.1:${port}` })
  try {
    const other = createBrowser(observed.address)
    for (const [name, value] of page.cookies) other.cookies.set(name, value)
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
    await other.post('/bff/v1/tasks', { name: 'x' }, headers)
    expect(received).toEqual([
      expect.objectContaining({
        traceparent: expect.stringMatching(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
        'content-type': 'application/json',
        authorization: expect.stringMatching(/^Bearer /),
      }),
    ])
    expect(received[0]).not.toHaveProperty('cookie')
  } finally {
    await observed.stop()
    spy.close()
  }
})
