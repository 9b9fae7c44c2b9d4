import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { startProduct, type TestProduct } from '@goalixa/bff/testing/start-product'
import { startRedis, type TestRedis } from '@goalixa/chassis/testing/start-redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorsIn } from './hostile-requests/errors-in.ts'
import { fireAlerts } from './hostile-requests/fire-alerts.ts'
import { readSeries, type Series } from './hostile-requests/read-series.ts'
import { bytesOf } from './hostile-requests/request-bytes.ts'
import { sendBytes } from './hostile-requests/send-bytes.ts'

const isLong = process.env.LONG_TESTS === '1'
const SERVICES = ['auth', 'core', 'bff'] as const
type Service = (typeof SERVICES)[number]
type Headers = Record<string, string>

const MEGABYTE = 1_048_576
const ROUTES: [Service, string, largest: number][] = [
  ['auth', '/v1/login', 16_384],
  ['core', '/v1/tasks', MEGABYTE],
  ['core', '/v1/sync', 8 * MEGABYTE],
  ['bff', '/bff/auth/login', 16_384],
  ['bff', '/bff/v1/tasks', MEGABYTE],
  ['bff', '/bff/sync', 8 * MEGABYTE],
]
// Each is repeated until the body is as large as the route allows.
const PARTS = ['{},', '1e20,', '"x",', '[1],', '{"a":1},', `${'9'.repeat(300)},`, '"\\u0000\\ud800",']

let redis: TestRedis
let product: TestProduct
let headers: Record<Service, Headers>
let before: Record<Service, Series>

beforeAll(async () => {
  redis = await startRedis()
  product = await startProduct({ redisUrl: redis.url })
  const { page } = await product.signedIn()
  const bearer = { authorization: `Bearer ${page.cookies.get('gx_at')}` }
  const cookie = [...page.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  headers = { auth: bearer, core: bearer, bff: { cookie, 'x-gx': '1' } }
  before = await readAll()
})
afterAll(async () => {
  await product.stop()
  await redis.stop()
})

test('bodies as large as a route allows are the client’s fault, signed in or not', async () => {
  const statuses: [string, number | undefined][] = []
  for (const [name, path, largest] of ROUTES)
    for (const part of isLong ? PARTS : PARTS.slice(0, 3))
      for (const signedIn of [true, false]) {
        const body = Buffer.from(`{"ops":[${part.repeat((largest - 200) / part.length)}0]}`)
        const answer = await send(name, 'POST', path, { body, signedIn })
        statuses.push([`${path} of ${part}`, answer?.status])
      }
  expect(statuses.filter(([, status]) => status !== 400 && status !== 401)).toEqual([])
  await expectNoErrors()
})

test('headers just under the limit are the client’s fault, or nobody’s', async () => {
  const statuses: [string, number | undefined][] = []
  for (const [name, path, largest] of ROUTES) {
    const isLogin = path.endsWith('/login')
    const fields = isLogin
      ? { email: 'nobody@example.com', password: 'wrong' }
      : { padding: 'x'.repeat(Math.min(largest, 2_000_000) - 100) }
    const body = Buffer.from(JSON.stringify(fields))
    // What the BFF adds to the headers makes the last few bytes matter.
    for (const length of isLogin ? [15_400, 16_000, 16_100, 16_150, 16_200, 16_250] : [15_400])
      for (const header of [
        'user-agent',
        'x-forwarded-for',
        'accept',
        'if-match',
        'cookie',
        'content-type',
      ]) {
        const start = { cookie: 'a=', 'content-type': 'application/json; x=' }[header] ?? ''
        const more = { [header]: start.padEnd(length, 'x') }
        const answer = await send(name, 'POST', path, { body, more, signedIn: !isLogin })
        statuses.push([`${path} with ${header}`, answer?.status])
      }
  }
  expect(statuses.filter(([, status]) => status === undefined || status < 400 || status >= 500)).toEqual([])
  await expectNoErrors()
})

test('people who leave, send slowly or send a hundred requests at once are nobody’s error, and are answered afterwards', async () => {
  const timer = bytes('bff', 'GET', '/bff/v1/timer')
  const body = Buffer.from('{"name":"Slowly"}')
  const upload = bytes('bff', 'POST', '/bff/v1/tasks', { body })
  const slow = Array.from({ length: 20 }, () => sendSlowly(upload, isLong ? 6_000 : 2_000))
  expect(await Promise.all(slow)).toEqual(Array(20).fill('201'))
  await Promise.all(Array.from({ length: isLong ? 400 : 100 }, () => leave(timer)))
  for (const name of SERVICES) expect(await pipeline(name, 150)).toEqual([])
  const statusOf = async () => (await sendBytes(product.bff.address, timer))?.status
  await expect.poll(statusOf, { timeout: 15_000 }).toBe(200)
  await expectNoErrors()
})

/** No answer of a service, no call of another one and no alert says that there was an error. */
async function expectNoErrors() {
  const after = await readAll()
  for (const name of SERVICES) {
    expect([name, errorsIn(before[name], after[name])]).toEqual([name, []])
    expect(product[name].lines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([])
  }
  const growth = Object.fromEntries(
    SERVICES.map(name => [name, { before: before[name], after: after[name] }]),
  )
  expect(fireAlerts(growth, { latency: isLong })).toEqual([])
}

async function readAll(): Promise<Record<Service, Series>> {
  const [auth, core, bff] = await Promise.all(SERVICES.map(name => readSeries(product[name].metricsAddress)))
  return { auth: auth ?? new Map(), core: core ?? new Map(), bff: bff ?? new Map() }
}

type Extra = { body?: Buffer; more?: Headers; signedIn?: boolean }

function bytes(name: Service, method: string, target: string, { body, more, signedIn = true }: Extra = {}) {
  const own = signedIn ? headers[name] : { 'x-gx': '1' }
  const json: Headers = body === undefined ? {} : { 'content-type': 'application/json' }
  return bytesOf({ method, target, headers: { host: 'localhost', ...own, ...json, ...more }, body })
}

function send(name: Service, method: string, target: string, extra: Extra) {
  return sendBytes(product[name].address, bytes(name, method, target, extra))
}

async function open(name: Service): Promise<Socket> {
  const { hostname, port } = new URL(product[name].address)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function leave(request: Buffer) {
  const socket = await open('bff')
  socket.write(request)
  await delay(Math.random() * 5)
  socket.destroy()
}

async function sendSlowly(request: Buffer, ms: number): Promise<string> {
  const socket = await open('bff')
  socket.write(request.subarray(0, -5))
  await delay(ms)
  socket.write(request.subarray(-5))
  const [answer] = await once(socket, 'data')
  socket.destroy()
  return String(answer).slice(9, 12)
}

/** Sends many requests over one connection at once, and returns the statuses that are our error. */
async function pipeline(name: Service, count: number): Promise<string[]> {
  const socket = await open(name)
  const request = bytes(name, 'GET', name === 'bff' ? '/bff/v1/timer' : '/v1/me')
  let answers = ''
  socket.on('data', data => {
    answers += data
  })
  socket.write(Buffer.concat(Array(count).fill(request)))
  await once(socket, 'close')
  const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status)
  expect(statuses.length).toBeGreaterThanOrEqual(100)
  return statuses.filter(status => status.startsWith('5'))
}
