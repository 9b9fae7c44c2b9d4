import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import {
  enterTask,
  type Fixture,
  fillSignIn,
  PASSWORD,
  startFixture,
  synced,
} from '../testing/start-fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterEach(() => {
  fixture.bff.isDown = false
})
afterAll(() => fixture.stop())

it('says nothing in the console, from the first visit over every screen and sheet to the sign-out', async () => {
  const device = await fixture.openDevice()
  const page = await device.newPage()
  const said: string[] = []
  page.on('pageerror', error => said.push(String(error)))
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) said.push(`${message.text()} at ${page.url()}`)
  })
  const visit = async (path: string, heading: string) => {
    await page.goto(`${fixture.site.origin}${path}`)
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  }
  await visit('/', 'Sign in to Goalixa')
  await visit('/register', 'Create your account')
  await page.getByLabel('Email').fill('quiet@example.com')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await enterTask(page, 'Write')
  await page.getByRole('button', { name: 'Start the timer for Write' }).click()
  await synced(page)
  for (const [path, heading] of SCREENS) await visit(path, heading)
  await visit('/today', 'Today')
  for (const [open, title] of SHEETS) {
    await open(page)
    await page.getByRole('dialog', { name: title }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.locator('[data-confirm-sign-out]').click()
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  expect(said).toEqual([])
  await device.close()
})

it.each(['today', 'sign-in'])(
  'says on a new device that the service cannot be reached instead of asking to sign in, at /%s',
  async path => {
    fixture.bff.isDown = true
    const device = await fixture.openDevice()
    const page = await device.newPage()
    await page.goto(`${fixture.site.origin}/${path}`)
    await page.getByRole('heading', { level: 1, name: 'Goalixa cannot be reached' }).waitFor()
    await page.getByText('The server does not answer.').waitFor()
    expect(await page.getByRole('button', { name: 'Sign in' }).count()).toBe(0)
    const asked = () => fixture.bff.seen.filter(route => route === 'GET /bff/auth/session').length
    const before = asked()
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(asked).toBeGreaterThan(before)
    fixture.bff.isDown = false
    await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
    await device.close()
  },
)

it('opens the data of the session in the cookies once the service is back, without a reload', async () => {
  const { context, page } = await fixture.signIn()
  await enterTask(page, 'Write')
  await synced(page)
  // As a browser does that removes what scripts have stored, for example after a week without a visit.
  await page.goto(`${fixture.site.origin}/icons/icon.svg`)
  await page.evaluate(removeData)
  fixture.bff.isDown = true
  await page.goto(`${fixture.site.origin}/today`)
  await page.getByRole('heading', { level: 1, name: 'Goalixa cannot be reached' }).waitFor()
  fixture.bff.isDown = false
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.locator('.task', { hasText: 'Write' }).waitFor()
  await context.close()
})

it('says so offline, where the shell is cached but there is no data yet', async () => {
  const device = await fixture.openDevice()
  const page = await device.newPage()
  await page.goto(fixture.site.origin)
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await device.setOffline(true)
  await page.reload()
  await page.getByText('This device is offline.').waitFor()
  await device.setOffline(false)
  fixture.bff.addUser('after@example.com', PASSWORD)
  await fillSignIn(page, 'after@example.com')
  await page.getByText('A clear day').waitFor()
  await device.close()
})

it('does not say that there is nothing before the device has synced', async () => {
  const { context, page, email } = await fixture.signIn()
  await enterTask(page, 'Write')
  await synced(page)
  const device = await fixture.openDevice()
  await device.route('**/bff/sync', route => route.abort())
  const other = await device.newPage()
  await other.goto(`${fixture.site.origin}/today`)
  await fillSignIn(other, email)
  await other.getByText('appears here once the server can be reached').waitFor()
  for (const place of ['Projects', 'Time', 'Today']) {
    await other.getByRole('link', { name: place, exact: true }).first().click()
    await other.getByText('Nothing on this device yet').waitFor()
  }
  expect(await other.getByText('A clear day').count()).toBe(0)
  await device.unroute('**/bff/sync')
  await other.locator('.task', { hasText: 'Write' }).waitFor()
  await Promise.all([context.close(), device.close()])
})

const SCREENS = [
  ['/today', 'Today'],
  ['/projects', 'Projects'],
  ['/projects/019a0000-0000-7000-8000-000000000001', 'Project not found'],
  ['/time', 'Time'],
  ['/time?day=2026-01-31', 'Time'],
  ['/settings', 'Settings'],
  ['/no/such/place', 'Page not found'],
] as const

const SHEETS = [
  [(page: Page) => page.locator('.task-open').click(), 'Task'],
  [(page: Page) => page.keyboard.press('?'), 'Keyboard shortcuts'],
] as const

// Runs in the page.
async function removeData() {
  localStorage.clear()
  const databases = await indexedDB.databases()
  await Promise.all(
    databases.map(
      ({ name = '' }) =>
        new Promise(resolve =>
          Object.assign(indexedDB.deleteDatabase(name), { onsuccess: resolve, onblocked: resolve }),
        ),
    ),
  )
}
