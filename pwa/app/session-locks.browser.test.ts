import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type Fixture,
  fillSignIn,
  PASSWORD,
  signOut,
  startFixture,
  synced,
} from '../testing/start-fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.stop())

it('a sign-out that is answered only after the next sign-in does not end that session', async () => {
  const { context, page } = await fixture.signIn()
  await synced(page)
  const answerLogout = await holdAnswer(page, '**/bff/auth/logout')
  await signOut(page)
  const heir = fixture.bff.addUser('heir@example.com', PASSWORD)
  await fillSignIn(page, heir.email)
  await page.getByText('A clear day').waitFor()
  await answerLogout()
  const me = await page.request.get(`${fixture.site.origin}/bff/auth/me`)
  expect(await me.json()).toEqual({ user: { id: heir.id, email: heir.email } })
  await context.close()
})

it('a sign-in that another tab takes over changes nothing, and its page follows the other tab', async () => {
  const context = await fixture.openDevice()
  const [page, other] = [await context.newPage(), await context.newPage()]
  await Promise.all([page, other].map(tab => tab.goto(`${fixture.site.origin}/sign-in`)))
  const [one, two] = ['one', 'two'].map(name => fixture.bff.addUser(`${name}@example.com`, PASSWORD))
  const answerLogin = await holdAnswer(page, '**/bff/auth/login')
  await fillSignIn(page, one?.email ?? '')
  await page.getByRole('button', { name: 'One moment…' }).waitFor()
  await other.bringToFront()
  await fillSignIn(other, two?.email ?? '')
  await other.getByRole('heading', { name: 'Today', exact: true }).waitFor()
  await answerLogin()
  await page.getByRole('heading', { name: 'Today', exact: true }).waitFor()
  for (const tab of [page, other])
    expect(await tab.evaluate(() => localStorage.getItem('goalixa.user'))).toContain('two@example.com')
  const me = await page.request.get(`${fixture.site.origin}/bff/auth/me`)
  expect(await me.json()).toMatchObject({ user: { email: 'two@example.com' } })
  await context.close()
})

it('the form of a sign-in that is interrupted says so, and can be sent again', async () => {
  const { email } = fixture.bff.addUser('interrupted@example.com', PASSWORD)
  const context = await fixture.openDevice()
  const page = await context.newPage()
  await page.goto(`${fixture.site.origin}/sign-in`)
  const answerLogin = await holdAnswer(page, '**/bff/auth/login')
  await fillSignIn(page, email)
  await page.getByRole('button', { name: 'One moment…' }).waitFor()
  // A lock is stolen in the same way from any tab.
  await page.evaluate(() => navigator.locks.request('goalixa-session', { steal: true }, async () => {}))
  await page.getByRole('alert').getByText('Another Goalixa tab began to sign in').waitFor()
  await answerLogin()
  await fillSignIn(page, email)
  await page.getByRole('heading', { name: 'Today', exact: true }).waitFor()
  await context.close()
})

it('a sign-out that still has to reach the server does not interrupt a slow sign-in', async () => {
  const { context, page, email } = await fixture.signIn()
  await synced(page)
  await page.route('**/bff/auth/logout', route => route.abort())
  await signOut(page)
  const answerLogin = await holdAnswer(page, '**/bff/auth/login')
  await fillSignIn(page, email)
  await page.getByRole('button', { name: 'One moment…' }).waitFor()
  await page.evaluate(() => dispatchEvent(new Event('online')))
  // Longer than anybody waits for a lock.
  await page.waitForTimeout(6_000)
  await answerLogin()
  await page.getByRole('heading', { name: 'Today', exact: true }).waitFor()
  await context.close()
})

it('a sign-out that the services could not take is repeated without a new start', async () => {
  const { context, page } = await fixture.signIn()
  await synced(page)
  await page.route('**/bff/auth/logout', route => route.fulfill({ status: 503, json: {} }), { times: 1 })
  await signOut(page)
  const me = async () => (await page.request.get(`${fixture.site.origin}/bff/auth/me`)).status()
  expect(await me()).toBe(200)
  await expect.poll(me, { timeout: 30_000 }).toBe(401)
  await context.close()
})

it('a page whose restoration is interrupted shows the sign-in form, not that the server is away', async () => {
  const { context, page: first } = await fixture.signIn()
  await first.evaluate(() => localStorage.removeItem('goalixa.user'))
  await first.close()
  const page = await context.newPage()
  const answer = await holdAnswer(page, '**/bff/auth/session')
  await page.goto(`${fixture.site.origin}/today`)
  const isHeld = () =>
    page.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name) ?? [])
  await expect.poll(isHeld).toContain('goalixa-session')
  await page.evaluate(() => navigator.locks.request('goalixa-session', { steal: true }, async () => {}))
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  await answer()
  await context.close()
})

it('a page says so if a removal by another tab does not end', async () => {
  const { context, page: first, userId } = await fixture.signIn()
  const other = await context.newPage()
  await other.goto(`${fixture.site.origin}/bff/auth/session`)
  await first.close()
  await other.evaluate(
    name => new Promise<void>(held => void navigator.locks.request(name, () => new Promise(() => held()))),
    `goalixa-data:${userId}`,
  )
  const page = await context.newPage()
  await page.goto(`${fixture.site.origin}/today`)
  await page.getByText('Close all other Goalixa tabs, then reload the page.').waitFor()
  await context.close()
})

it('shows no failure to open the data of a person who has signed out in another tab meanwhile', async () => {
  const { context, page: first, userId } = await fixture.signIn()
  await synced(first)
  const other = await context.newPage()
  await other.goto(`${fixture.site.origin}/bff/auth/session`)
  await first.close()
  await other.evaluate(makeUnopenable, `goalixa:${userId}`)
  const page = await context.newPage()
  await page.goto(`${fixture.site.origin}/today`)
  await page.getByRole('status', { name: 'Loading Goalixa' }).waitFor()
  await other.evaluate(() => localStorage.removeItem('goalixa.user'))
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  await other.evaluate(() => dispatchEvent(new Event('release')))
  await expect.poll(() => page.evaluate(() => navigator.locks.query())).toEqual({ held: [], pending: [] })
  expect(await page.getByRole('heading').textContent()).toBe('Sign in to Goalixa')
  await context.close()
})

// The server answers at once, but its first answer reaches the page only once the returned function is called.
async function holdAnswer(page: Page, url: string): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<{ route: Route; response: Awaited<ReturnType<Route['fetch']>> }>()
  await page.route(url, async route => held.resolve({ route, response: await route.fetch() }), { times: 1 })
  return async () => {
    const { route, response } = await held.promise
    // The page may not want it any more.
    await route.fulfill({ response }).catch(() => {})
  }
}

// Runs in the page. Whoever opens it waits for the lock first, then fails: it is of a newer version.
async function makeUnopenable(name: string) {
  await new Promise<void>(held => {
    const release = new Promise(resolve => addEventListener('release', resolve))
    void navigator.locks.request(`goalixa-data:${name.split(':')[1]}`, () => {
      held()
      return release
    })
  })
  await new Promise((resolve, reject) => {
    const upgrade = indexedDB.open(name, 99)
    upgrade.onsuccess = () => resolve(upgrade.result.close())
    upgrade.onerror = reject
  })
}
