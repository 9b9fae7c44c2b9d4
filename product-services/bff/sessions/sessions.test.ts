import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBrowser } from '../testing/browser.ts'
import { startProduct, type TestProduct } from '../testing/start-product.ts'

let product: TestProduct

beforeAll(async () => {
  product = await startProduct()
})
afterAll(async () => {
  expect(await product.stop()).toEqual([0, 0, 0])
})

test('signing in sets two HttpOnly cookies and shows no token to the page', async () => {
  const page = product.newBrowser()
  const answer = await page.signUp(product.newAddress())
  expect(Object.keys(answer.body as object)).toEqual(['user'])
  expect(answer.setCookies).toHaveLength(2)
  for (const cookie of answer.setCookies) expect(cookie).toMatch(/^gx_[ar]t=.*HttpOnly.*SameSite=Lax/)
})

test('away from loopback the cookies are Secure and bound to the host (ASVS 3.3.1)', async () => {
  const secure = await product.startBff({ INSECURE_COOKIES: 'false' })
  try {
    const { setCookies } = await createBrowser(secure.address).signUp(product.newAddress())
    for (const cookie of setCookies)
      expect(cookie).toMatch(/^__Host-gx_[ar]t=[^;]+;.*Path=\/;.*HttpOnly;.*Secure/)
    expect(setCookies.join()).not.toContain('Domain')
  } finally {
    await secure.stop()
  }
})

test('a made-up token is not a session', async () => {
  const page = product.newBrowser()
  const bearer = await page.get('/bff/aggregate/dashboard', { authorization: 'Bearer garbage' })
  expect(bearer.status).toBe(401)
  page.cookies.set('gx_at', 'garbage')
  page.cookies.set('gx_rt', 'garbage')
  const cookie = await page.get('/bff/aggregate/dashboard')
  expect([cookie.status, (cookie.body as { code: string }).code]).toEqual([401, 'SIGNED_OUT'])
  expect(page.cookies.size).toBe(0)
  // Whatever the cookie contains, it is no fault of auth or of the BFF.
  for (const value of ['x'.repeat(5_000), '', '%00', 'a b'])
    expect((await page.get('/bff/v1/tasks', { cookie: `gx_rt=${value}` })).status).toBe(401)
})

test('a request for one person is refused under the session of another, and leaves that session', async () => {
  const { page: ben } = await product.signedIn()
  const { page: anna } = await product.signedIn()
  const idOf = async (page: typeof anna) => ((await page.get('/bff/auth/me')).body as { user: User }).user.id
  type User = { id: string }
  const request = { attempt: 1, clientId: 'laptop', cursor: 0, ops: [], schema: 1 }
  const sent = await anna.post('/bff/sync', request, { 'x-gx-user': await idOf(ben) })
  expect([sent.status, (sent.body as { code: string }).code, sent.setCookies]).toEqual([
    401,
    'OTHER_USER',
    [],
  ])
  expect((await anna.post('/bff/sync', request, { 'x-gx-user': await idOf(anna) })).status).toBe(200)
})

test('a token is taken only as it was issued, not with what a decoder ignores', async () => {
  const { page } = await product.signedIn()
  const token = page.cookies.get('gx_at') ?? ''
  for (const value of [`${token}%0A`, `${token}==`, `${token.slice(0, -20)}%20${token.slice(-20)}`]) {
    const answer = await product.newBrowser().get('/bff/v1/tasks', { cookie: `gx_at=${value}` })
    expect(answer.status).toBe(401)
  }
})

test('a page learns who is signed in without an error, even if nobody is', async () => {
  const { page, email } = await product.signedIn()
  expect(await page.get('/bff/auth/session')).toMatchObject({ status: 200, body: { user: { email } } })
  page.cookies.delete('gx_at')
  expect(await page.get('/bff/auth/session')).toMatchObject({ status: 200, body: { user: { email } } })
  const other = product.newBrowser()
  expect(await other.get('/bff/auth/session')).toMatchObject({ status: 200, body: { user: null } })
  other.cookies.set('gx_rt', 'garbage')
  expect(await other.get('/bff/auth/session')).toMatchObject({ status: 200, body: { user: null } })
  expect(other.cookies.size).toBe(0)
})

test('an expired access token is renewed transparently, once for all simultaneous requests', async () => {
  const { page } = await product.signedIn()
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

// An earlier design signed people out after seven minutes.
test('replicas that renew one session at the same moment sign the user out neither now nor at the next renewal', async () => {
  const { page } = await product.signedIn()
  const replica = await product.startBff()
  try {
    for (let renewal = 0; renewal < 3; renewal++) {
      const tabs = [product.bff, replica].flatMap(({ address }) => Array.from({ length: 5 }, () => address))
      const refresh = page.cookies.get('gx_rt') ?? ''
      const answers = await Promise.all(
        tabs.map(async address => {
          const tab = createBrowser(address)
          tab.cookies.set('gx_rt', refresh)
          const { status } = await tab.get('/bff/v1/tasks')
          return { status, next: tab.cookies.get('gx_rt') }
        }),
      )
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
      const [next = '', ...others] = new Set(answers.map(answer => answer.next))
      expect([next === refresh, others]).toEqual([false, []])
      page.cookies.set('gx_rt', next)
    }
  } finally {
    await replica.stop()
  }
})

test('no response may be cached, whatever its status', async () => {
  const { page } = await product.signedIn()
  const answers = [
    await page.get('/bff/auth/me'),
    await page.get('/bff/v1/tasks'),
    await page.get('/bff/aggregate/dashboard'),
    await page.get('/bff/no/such/route'),
    await product.newBrowser().get('/bff/auth/me'),
  ]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404, 401])
  for (const { headers } of answers)
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
      'private, no-store',
      'nosniff',
    ])
})

test('signing out ends the session, even for copies of the cookies', async () => {
  const { page } = await product.signedIn()
  const kept = new Map(page.cookies)
  expect((await page.post('/bff/auth/logout')).status).toBe(204)
  expect(page.cookies.size).toBe(0)
  const thief = product.newBrowser()
  thief.cookies.set('gx_rt', kept.get('gx_rt') ?? '')
  expect((await thief.get('/bff/auth/me')).status).toBe(401)
})

test.each([
  ['no refresh token', undefined],
  ['a made-up refresh token', 'garbage'],
  ['a refresh token longer than any of ours', 'x'.repeat(201)],
])('signing out with %s ends the session of the access token', async (_name, refresh) => {
  const { page } = await product.signedIn()
  const thief = product.newBrowser()
  thief.cookies.set('gx_at', page.cookies.get('gx_at') ?? '')
  thief.cookies.set('gx_rt', page.cookies.get('gx_rt') ?? '')
  page.cookies.delete('gx_rt')
  if (refresh !== undefined) page.cookies.set('gx_rt', refresh)
  expect((await page.post('/bff/auth/logout')).status).toBe(204)
  expect(page.cookies.size).toBe(0)
  thief.cookies.delete('gx_at')
  expect((await thief.get('/bff/auth/me')).status).toBe(401)
  expect((await page.post('/bff/auth/logout')).status).toBe(204)
})

test.each(['gx_at', 'gx_rt'])(
  'a sign-out that auth refuses is a failure, and leaves %s as it was',
  async name => {
    const { page } = await product.signedIn()
    // Core has no such route, as an auth of another version might not.
    const mistaken = await product.startBff({ AUTH_URL: product.core.address })
    try {
      const other = createBrowser(mistaken.address)
      other.cookies.set(name, page.cookies.get(name) ?? '')
      const { status, body, setCookies } = await other.post('/bff/auth/logout')
      expect([status, (body as { code: string }).code, setCookies]).toEqual([502, 'AUTH_REFUSED', []])
      expect((await page.get('/bff/auth/me')).status).toBe(200)
    } finally {
      await mistaken.stop()
    }
  },
)

test('signing in ends the session that the browser had before', async () => {
  const { page } = await product.signedIn()
  const before = page.cookies.get('gx_rt') ?? ''
  expect((await page.signUp(product.newAddress())).status).toBe(200)
  const heir = product.newBrowser()
  heir.cookies.set('gx_rt', before)
  expect((await heir.get('/bff/auth/me')).status).toBe(401)
  expect((await page.get('/bff/auth/me')).status).toBe(200)
})

test('a write that another site’s page could have caused is rejected', async () => {
  const { page } = await product.signedIn()
  const write = (headers: Record<string, string>) => page.post('/bff/v1/tasks', { name: 'x' }, headers)
  const foreign = [
    await write({ origin: 'https://evil.test' }),
    await write({ origin: 'null' }),
    await write({ 'sec-fetch-site': 'cross-site' }),
    await write({ 'sec-fetch-site': 'same-site' }),
    await page.request('POST', '/bff/auth/logout', undefined, { origin: 'https://evil.test' }),
  ]
  expect(foreign.map(({ status }) => status)).toEqual(foreign.map(() => 403))
  const plain = await fetch(`${product.bff.address}/bff/auth/logout`, { method: 'POST' })
  expect(plain.status).toBe(403)
  expect((await write({ origin: product.bff.address, 'sec-fetch-site': 'same-origin' })).status).toBe(201)
})

test('a BFF that expects another issuer does not sign users out', async () => {
  const { page } = await product.signedIn()
  const misconfigured = await product.startBff({ ISSUER: 'https://another.test' })
  try {
    const other = createBrowser(misconfigured.address)
    for (const [name, value] of page.cookies) other.cookies.set(name, value)
    const { status, body } = await other.get('/bff/v1/tasks')
    expect([status, (body as { code: string }).code]).toEqual([502, 'AUTH_UNCLEAR'])
    expect(other.cookies.size).toBe(2)
  } finally {
    await misconfigured.stop()
  }
})
