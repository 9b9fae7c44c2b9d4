import { startRedis, type TestRedis } from '@goalixa/chassis/testing/start-redis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createBrowser } from '../testing/browser.ts'
import { startProduct, type TestProduct } from '../testing/start-product.ts'

type Browser = ReturnType<typeof createBrowser>

const PASSWORD = 'a long enough sentence'
const PATHS = ['/bff/v1/tasks', '/bff/aggregate/dashboard', '/bff/auth/me']

let redis: TestRedis
let product: TestProduct
let replica: TestProduct['bff']

/** Copies the cookies of a page, as a thief or another tab has them, to a browser at one replica. */
function copy(page: Browser, address: string): Browser {
  const other = createBrowser(address)
  for (const [name, value] of page.cookies) other.cookies.set(name, value)
  return other
}

const everywhere = () => [product.bff.address, replica.address]

/** What each path answers with these cookies, on each replica. */
async function answersTo(page: Browser): Promise<(string | number)[]> {
  const answers = await Promise.all(
    everywhere().flatMap(address => PATHS.map(path => copy(page, address).get(path))),
  )
  return answers.map(({ status, body }) => (status === 200 ? 200 : (body as { code: string }).code))
}
const all = (answer: string | number) => everywhere().flatMap(() => PATHS.map(() => answer))
const metricsOf = async ({ metricsAddress }: { metricsAddress: string }) =>
  (await fetch(`${metricsAddress}/metrics`)).text()
const countOf = async (service: { metricsAddress: string }, pattern: RegExp) =>
  Number(pattern.exec(await metricsOf(service))?.[1] ?? 0)

const asked = () =>
  countOf(product.auth, /goalixa_http_requests_total\{.*route="\/v1\/sessions\/current".*\} (\d+)/)

async function secondDevice(email: string): Promise<Browser> {
  const device = createBrowser(product.bff.address)
  expect((await device.post('/bff/auth/login', { email, password: PASSWORD })).status).toBe(200)
  return device
}

// How a session can end, and the copies of cookies that are worthless then.
const ENDINGS: [string, (page: Browser, email: string) => Promise<Browser[]>][] = [
  [
    'signing out',
    async page => {
      const before = copy(page, product.bff.address)
      expect((await page.post('/bff/auth/logout')).status).toBe(204)
      return [before]
    },
  ],
  [
    'a change of password, which renews only the session that made it',
    async (page, email) => {
      const [before, device] = [copy(page, product.bff.address), await secondDevice(email)]
      const wrong = { currentPassword: 'not my password', newPassword: 'another long sentence' }
      expect((await page.post('/bff/auth/password', wrong)).body).toMatchObject({
        status: 403,
        code: 'WRONG_PASSWORD',
      })
      expect(await answersTo(device)).toEqual(all(200))
      const change = { currentPassword: PASSWORD, newPassword: 'another long sentence' }
      expect((await page.post('/bff/auth/password', change)).body).toMatchObject({ user: { email } })
      expect(await answersTo(page)).toEqual(all(200))
      return [before, device]
    },
  ],
  [
    'ending the other sessions',
    async (page, email) => {
      const device = await secondDevice(email)
      expect((await page.request('DELETE', '/bff/auth/sessions')).status).toBe(204)
      expect(await answersTo(page)).toEqual(all(200))
      return [device]
    },
  ],
  [
    'the reuse of a refresh token',
    async page => {
      const first = copy(page, product.bff.address)
      for (let renewal = 0; renewal < 2; renewal++) {
        page.cookies.delete('gx_at')
        expect((await page.get('/bff/auth/me')).status).toBe(200)
      }
      first.cookies.delete('gx_at')
      expect((await first.get('/bff/auth/me')).status).toBe(401)
      return [page]
    },
  ],
]

describe('with Redis', () => {
  beforeAll(async () => {
    redis = await startRedis()
    product = await startProduct({ redisUrl: redis.url })
    replica = await product.startBff()
    await vi.waitFor(async () => {
      for (const service of [product.auth, product.bff, replica])
        expect(await metricsOf(service)).toContain('goalixa_dependency_up{dependency="redis"} 1')
      expect(await redis.exists('auth:ended-sessions-complete')).toBe(true)
    }, 20_000)
  })
  afterAll(async () => {
    await replica.stop()
    await product.stop()
  })

  test.each(ENDINGS)('%s is refused from the next request on, on every replica', async (_name, end) => {
    const { page, email } = await product.signedIn()
    expect(await answersTo(page)).toEqual(all(200))
    const before = await countOf(replica, /goalixa_sessions_refused_total\{reason="ended"\} (\d+)/)
    for (const worthless of await end(page, email))
      expect(await answersTo(worthless)).toEqual(all('SIGNED_OUT'))
    expect(await countOf(replica, /goalixa_sessions_refused_total\{reason="ended"\} (\d+)/)).toBeGreaterThan(
      before,
    )
  })

  test('auth is hardly ever asked, and the cookies of a refused session are cleared', async () => {
    // Some hundred requests have been checked by now; on a slow machine Redis may have been late once.
    expect(await asked()).toBeLessThan(10)
    const { page } = await product.signedIn()
    const thief = copy(page, replica.address)
    await page.post('/bff/auth/logout')
    expect((await thief.get('/bff/auth/me')).status).toBe(401)
    expect(thief.cookies.size).toBe(0)
  })

  test('a Redis that loses its data brings no ended session back, and is complete again a moment later', async () => {
    const { page } = await product.signedIn()
    const { page: other } = await product.signedIn()
    const before = copy(page, replica.address)
    await page.post('/bff/auth/logout')
    for (let round = 0; round < 5; round++) {
      await redis.flush()
      expect(await answersTo(before)).toEqual(all('SIGNED_OUT'))
      expect(await answersTo(other)).toEqual(all(200))
    }
    await expect.poll(() => redis.exists('auth:ended-sessions-complete'), { timeout: 10_000 }).toBe(true)
    const fresh = await product.startBff()
    try {
      expect((await copy(before, fresh.address).get('/bff/v1/tasks')).status).toBe(401)
      expect(await metricsOf(fresh)).toContain('goalixa_session_checks_total{source="redis"} 1')
    } finally {
      await fresh.stop()
    }
  })

  test('a Redis that hangs signs nobody out, and an ended session is still refused', async () => {
    const [{ page }, { page: leaving }] = [await product.signedIn(), await product.signedIn()]
    const before = copy(leaving, product.bff.address)
    redis.freeze()
    try {
      expect(await answersTo(page)).toEqual(all(200))
      await leaving.post('/bff/auth/logout')
      await expect.poll(() => answersTo(before), { timeout: 20_000 }).toEqual(all('SIGNED_OUT'))
      expect(await answersTo(page)).toEqual(all(200))
      for (const service of [product.auth, product.bff, replica])
        await expect
          .poll(() => metricsOf(service), { timeout: 10_000 })
          .toContain('goalixa_dependency_up{dependency="redis"} 0')
      await product.signedIn()
    } finally {
      redis.thaw()
    }
  })

  test('losing Redis in the middle signs nobody out, and an ended session is still refused', async () => {
    const { page } = await product.signedIn()
    const { page: leaving } = await product.signedIn()
    const { page: gone } = await product.signedIn()
    const [before, after] = [copy(gone, product.bff.address), copy(leaving, product.bff.address)]
    await gone.post('/bff/auth/logout')
    await redis.stop()
    for (let round = 0; round < 3; round++) {
      expect(await answersTo(page)).toEqual(all(200))
      expect(await answersTo(before)).toEqual(all('SIGNED_OUT'))
    }
    expect(await answersTo(leaving)).toEqual(all(200))
    await leaving.post('/bff/auth/logout')
    await expect.poll(() => answersTo(after), { timeout: 20_000 }).toEqual(all('SIGNED_OUT'))
    expect(await metricsOf(replica)).toMatch(/goalixa_session_checks_total\{source="auth"\} [1-9]/)
    expect(await metricsOf(replica)).toContain('goalixa_dependency_up{dependency="redis"} 0')
    // Twenty requests with one expired token, on two replicas without Redis.
    const refresh = page.cookies.get('gx_rt') ?? ''
    const tabs = everywhere().flatMap(address => Array.from({ length: 10 }, () => address))
    const renewed = await Promise.all(
      tabs.map(async address => {
        const tab = createBrowser(address)
        tab.cookies.set('gx_rt', refresh)
        return [(await tab.get('/bff/v1/tasks')).status, tab.cookies.get('gx_rt') !== refresh]
      }),
    )
    expect(renewed).toEqual(tabs.map(() => [200, true]))
  })
})

describe('without Redis', () => {
  beforeAll(async () => {
    product = await startProduct()
    replica = await product.startBff()
  })
  afterAll(async () => {
    await replica.stop()
    await product.stop()
  })

  test.each(ENDINGS)('%s is refused on every replica a moment later', async (_name, end) => {
    const { page, email } = await product.signedIn()
    expect(await answersTo(page)).toEqual(all(200))
    for (const worthless of await end(page, email))
      await expect.poll(() => answersTo(worthless), { timeout: 20_000 }).toEqual(all('SIGNED_OUT'))
  })

  test('auth is asked once for all simultaneous requests of a session', async () => {
    const { page } = await product.signedIn()
    const before = await asked()
    const tabs = await Promise.all(
      Array.from({ length: 20 }, () => copy(page, replica.address).get('/bff/v1/tasks')),
    )
    expect(tabs.map(({ status }) => status)).toEqual(tabs.map(() => 200))
    expect((await asked()) - before).toBe(1)
  })

  test('an auth that cannot be reached signs nobody out', async () => {
    const { page } = await product.signedIn()
    const stranded = await product.startBff({ AUTH_URL: 'http://127.0.0.1:1' })
    try {
      const other = copy(page, stranded.address)
      for (let round = 0; round < 3; round++) expect((await other.get('/bff/v1/tasks')).status).toBe(200)
      expect(await metricsOf(stranded)).toContain('goalixa_session_checks_total{source="nobody"} 3')
      expect(other.cookies.size).toBe(2)
    } finally {
      await stranded.stop()
    }
  })
})
