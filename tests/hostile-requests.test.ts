import { randomUUID } from 'node:crypto'
import { startProduct, type TestProduct } from '@goalixa/bff/testing/start-product'
import { seededRandom } from '@goalixa/sandbox/traffic/seeded-random'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildRequests, type HostileRequest } from './hostile-requests/build-requests.ts'
import { errorsIn } from './hostile-requests/errors-in.ts'
import { fireAlerts } from './hostile-requests/fire-alerts.ts'
import { listRoutes, type Route } from './hostile-requests/list-routes.ts'
import { readSeries, type Series } from './hostile-requests/read-series.ts'
import { DEVICE } from './hostile-requests/request-bytes.ts'
import { type RawAnswer, sendBytes } from './hostile-requests/send-bytes.ts'
import { STACK } from './start-api.ts'

// Every request of every route takes minutes, so a short run takes a sample of each route.
const isLong = process.env.LONG_TESTS === '1'
const PER_ROUTE = isLong ? Number.POSITIVE_INFINITY : 12
const SEED = Number(process.env.HOSTILE_SEED ?? (isLong ? Date.now() % 1_000_000 : 7))
const AT_ONCE = 4
const SERVICES = ['auth', 'core', 'bff'] as const
const PASSWORD = 'a long enough sentence'
const PERSON = 'person@example.com'
const LIBRARY_WORDS =
  /Too (?:big|small)|Invalid (?:input|option|string|number|ISO|UUID)|expected string|received |Unrecognized key|\bzod\b/i

type Service = (typeof SERVICES)[number]
type Answered = { label: string; answer: RawAnswer; request: HostileRequest }

let product: TestProduct
let routes: Record<Service, Route[]>
const known: Record<string, unknown> = {
  id: '01890000-0000-7000-8000-000000000001',
  refreshToken: 'made up',
  email: PERSON,
  password: PASSWORD,
  currentPassword: PASSWORD,
  newPassword: 'another long sentence',
  clientId: DEVICE,
  ops: [
    ['tasks', 'name', 'Kept'],
    ['tasks', 'due', '2026-03-01'],
    ['tasks', 'estimate_s', 60],
    ['time_entries', 'started_at', '2026-03-01T09:00:00.000Z'],
  ].map(([entity, field, value], index) => ({
    seq: index + 1,
    entity,
    id: '01890000-0000-7000-8000-000000000001',
    field,
    value,
    stamp: { ms: 1_000, counter: index, clientId: DEVICE },
    base: null,
  })),
  ended_at: '2026-03-01T10:00:00.000Z',
}

beforeAll(async () => {
  product = await startProduct()
  const [auth, core, bff] = await Promise.all(SERVICES.map(name => listRoutes(product[name].address)))
  routes = { auth: auth ?? [], core: core ?? [], bff: withBodiesOf(core ?? [], bff ?? []) }
  await product.newBrowser().signUp(PERSON)
})
afterAll(async () => {
  await product.stop()
})

test('nothing that a client can send to any route is answered 5xx, or counted as an error of ours or of a dependency', async () => {
  const before = await readAll()
  const answers: Answered[] = []
  for (const name of SERVICES)
    for (const route of inOrder(routes[name]))
      for (const isSignedIn of [true, false]) answers.push(...(await send(name, route, isSignedIn)))
  const after = await readAll()

  expect(answers.length).toBeGreaterThan(800)
  expect(answers.filter(({ answer }) => (answer?.status ?? 0) >= 500).map(describe)).toEqual([])
  expect(answers.filter(isUnanswered).map(describe)).toEqual([])
  expect(answers.filter(isUnclear).map(describe)).toEqual([])
  expect(neverAccepted(answers)).toEqual([])
  for (const name of SERVICES) {
    expect([name, errorsIn(before[name], after[name])]).toEqual([name, []])
    expect(product[name].lines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([])
  }
  const growth = Object.fromEntries(
    SERVICES.map(name => [name, { before: before[name], after: after[name] }]),
  )
  expect(fireAlerts(growth)).toEqual([])
  // The rules do fire if one answer in fifty is a 500.
  const failing = new Map(after.core)
  failing.set(
    'goalixa_http_requests_total{method="POST",route="/v1/tasks",status="500"}',
    answers.length / 50,
  )
  expect(fireAlerts({ ...growth, core: { before: before.core, after: failing } })).toContain(
    'CoreErrorBudgetBurn',
  )
}, 1_800_000)

async function send(name: Service, route: Route, isSignedIn: boolean): Promise<Answered[]> {
  const random = seededRandom(SEED + route.path.length * 31 + Number(isSignedIn))
  const person = isSignedIn ? await signIn(await personFor(route)) : undefined
  const headers = { ...(name === 'bff' ? { 'x-gx': '1' } : {}), ...person?.headers[name] }
  const values = person ? await ownValues(route, person) : {}
  const [valid, ...hostile] = buildRequests(route, { headers, known: { ...known, ...values }, random })
  const queue = [valid, ...choose(hostile, random, isSignedIn ? PER_ROUTE : PER_ROUTE / 3)].filter(
    request => request !== undefined,
  )
  const answers: Answered[] = []
  const { address } = product[name]
  const label = `${name} ${route.method} ${route.path} ${isSignedIn ? 'signed in' : 'signed out'}`
  const first = queue.shift()
  if (first) answers.push({ label, request: first, answer: await sendBytes(address, first.bytes) })
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let request = queue.shift(); request; request = queue.shift())
        answers.push({
          label,
          request,
          answer: await sendBytes(address, request.bytes, { leaves: request.leaves ?? false }),
        })
    }),
  )
  return answers
}

/** Rows of the person's own for a route, because some routes delete them. */
async function ownValues(route: Route, { headers, refreshToken }: Awaited<ReturnType<typeof signIn>>) {
  const folder = /\/([\w-]+)\/\{id\}/.exec(route.path)?.[1]
  const [project_id, task_id] = await Promise.all(
    ['projects', 'tasks'].map(path => createRow(path, headers.core)),
  )
  // Elsewhere an id is a new one.
  const own = folder === undefined ? {} : { id: await createRow(folder, headers.core) }
  return { refreshToken, project_id, task_id, id: randomUUID(), ...own }
}

// A change of password would lock the person out of the routes after it.
async function personFor({ path }: Route): Promise<string> {
  if (!path.includes('password')) return PERSON
  const email = product.newAddress()
  await product.newBrowser().signUp(email)
  return email
}

let networks = 0

/** Signs a person in, from another network each time, so that no limit of attempts is reached. */
async function signIn(email: string) {
  const page = product.newBrowser()
  const from = { 'x-forwarded-for': `192.168.${++networks % 256}.1` }
  const login = { email, password: PASSWORD }
  const { status } = await page.post('/bff/auth/login', login, from)
  expect(status).toBe(200)
  const bearer = { authorization: `Bearer ${page.cookies.get('gx_at')}` }
  return {
    refreshToken: page.cookies.get('gx_rt') ?? '',
    headers: {
      auth: bearer,
      core: bearer,
      bff: { cookie: [...page.cookies].map(([cookie, value]) => `${cookie}=${value}`).join('; ') },
    } as Record<Service, Record<string, string>>,
  }
}

// The BFF describes no body of the routes that it passes on; core does.
function withBodiesOf(core: Route[], bff: Route[]): Route[] {
  return bff.map(route => {
    const path = route.path === '/bff/sync' ? '/v1/sync' : route.path.replace(/^\/bff/, '')
    const target = core.find(other => other.path === path && other.method === route.method)
    return target === undefined || path === route.path ? route : { ...target, path: route.path }
  })
}

// What deletes a row comes last, and stopping a timer after starting it.
function inOrder(all: Route[]): Route[] {
  return all.toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))
}

async function createRow(path: string, headers: Record<string, string>): Promise<string> {
  const answer = await fetch(`${product.core.address}/v1/${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(
      path === 'time-entries' ? { started_at: '2026-03-01T09:00:00.000Z' } : { name: 'Kept' },
    ),
  })
  return ((await answer.json()) as { id: string }).id
}

async function readAll(): Promise<Record<Service, Series>> {
  const [auth, core, bff] = await Promise.all(SERVICES.map(name => readSeries(product[name].metricsAddress)))
  return { auth: auth ?? new Map(), core: core ?? new Map(), bff: bff ?? new Map() }
}

// Only what is not HTTP, or a client that goes away, may remain without an answer.
function isUnanswered({ answer, request }: Answered): boolean {
  return answer === undefined && !request.leaves && request.kind !== 'the method CONNECT'
}

/** A refusal must say what was expected, in words for people, and disclose nothing. */
function isUnclear({ answer, request }: Answered): boolean {
  if (answer?.status === 200) return hasUnclearRejection(answer.body)
  if (answer === undefined || answer.status < 400 || request.kind === 'the method HEAD') return false
  if (answer.status === 417) return false
  const problem = /application\/problem\+json/.test(answer.headers) ? parseJson(answer.body) : undefined
  if (typeof problem?.detail !== 'string' || typeof problem.code !== 'string') return true
  const words = `${problem.detail} ${(problem.fields ?? []).map(({ expected }) => expected).join(' ')}`
  return STACK.test(answer.body) || LIBRARY_WORDS.test(words) || answer.body.length > 20_000
}

// A sync is answered 200, and refuses ops one by one.
function hasUnclearRejection(body: string): boolean {
  const rejects = (parseJson(body) as { rejects?: { reason: string }[] } | undefined)?.rejects ?? []
  return rejects.some(({ reason }) => LIBRARY_WORDS.test(reason) || STACK.test(reason))
}

type Problem = { code?: unknown; detail?: unknown; fields?: { expected: string }[] }

function parseJson(text: string): Problem | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The routes whose valid sample was not accepted, so that their hostile variants prove little. */
function neverAccepted(answers: Answered[]): string[] {
  return answers
    .filter(({ request, label }) => request.kind === 'valid' && label.endsWith('signed in'))
    .filter(
      ({ answer }) => answer === undefined || answer.status >= 300 || answer.body.includes('"rejects":[{'),
    )
    .map(describe)
}

function describe({ label, request, answer }: Answered): string {
  return `seed ${SEED}: ${label}: ${request.kind}: ${answer?.status ?? 'no answer'} ${answer?.body.slice(0, 300) ?? ''}`
}

function choose(requests: HostileRequest[], random: () => number, count: number): HostileRequest[] {
  const [always, others] = [requests.filter(isAlwaysSent), requests.filter(request => !isAlwaysSent(request))]
  const shuffled = others
    .map(request => ({ request, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ request }) => request)
  return [...always, ...shuffled.slice(0, count)]
}

// What has been answered 5xx before.
function isAlwaysSent({ kind }: HostileRequest): boolean {
  return /^(?:two|five) thousand lists as the body$|gx_rt=x/.test(kind)
}
