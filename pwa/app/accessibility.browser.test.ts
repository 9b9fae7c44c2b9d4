import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findAccessibilityViolations } from '../testing/find-accessibility-violations.ts'
import { enterTask, type Fixture, fillSignIn, startFixture, synced } from '../testing/start-fixture.ts'

const LANDING = new URL('../../product-services/landing/index.html', import.meta.url).href
const PHONE = { width: 360, height: 740 }
const DESKTOP = { width: 1280, height: 860 }
// Some twenty runs of axe-core, each a few seconds on a busy machine.
const SLOW = { timeout: 240_000 }
const NAMES = [
  'A name so long that nobody would choose it, but somebody will, and then every list, sheet and card has to show all of it',
  '🌱 שלום עולם مرحبا <b>bold</b> &amp; Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen',
]

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.stop())

describe.each(['light', 'dark'] as const)('in %s colours', colorScheme => {
  it('has no accessibility violation and no overflow before sign-in', async () => {
    const device = await fixture.openDevice()
    const page = await device.newPage()
    await page.emulateMedia({ colorScheme })
    await page.goto(LANDING)
    await expectAccessible(page, 'landing')
    await page.goto(`${fixture.site.origin}/register`)
    await page.getByRole('heading', { name: 'Create your account' }).waitFor()
    await expectAccessible(page, 'register')
    await page.goto(`${fixture.site.origin}/login`)
    await fillSignIn(page, 'nobody@example.com')
    await page.getByRole('alert').getByText('Wrong email address or password.').waitFor()
    await expectAccessible(page, 'sign-in with an error')
    fixture.bff.isDown = true
    await page.reload()
    await page.getByRole('heading', { name: 'Goalixa cannot be reached' }).waitFor()
    fixture.bff.isDown = false
    await expectAccessible(page, 'no service')
    await device.close()
  })

  it('has no accessibility violation and no overflow on any page, empty and full', SLOW, async () => {
    const { context, page } = await signIn(colorScheme)
    for (const [path, heading] of PAGES) await visit(page, path, heading, 'empty')
    await fill(page)
    for (const [path, heading] of PAGES) await visit(page, path, heading, 'full')
    await context.close()
  })

  it('has no accessibility violation and no overflow in any sheet, nor when sync fails', SLOW, async () => {
    const { context, page } = await signIn(colorScheme)
    await fill(page)
    for (const [key, title] of SHEETS) {
      await page.locator('.task-open').first().focus()
      await page.keyboard.press(key)
      await page.getByRole('dialog', { name: title }).waitFor()
      await expectAccessible(page, title)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await synced(page)
    await goOffline(context, page)
    await expectAccessible(page, 'offline')
    await page.getByRole('link', { name: 'Settings', exact: true }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('not synced yet and would be lost').waitFor()
    await expectAccessible(page, 'signing out with changes that are not synced')
    await context.close()
  })
})

const PAGES = [
  ['/today', 'Today'],
  ['/projects', 'Projects'],
  ['/projects/019a0000-0000-7000-8000-000000000001', 'Project not found'],
  ['/time', 'Time'],
  ['/settings', 'Settings'],
  ['/no/such/place', 'Page not found'],
] as const

const SHEETS = [
  ['e', 'Task'],
  ['?', 'Keyboard shortcuts'],
] as const

async function signIn(colorScheme: 'light' | 'dark') {
  const signedIn = await fixture.signIn()
  await signedIn.page.emulateMedia({ colorScheme })
  return signedIn
}

async function visit(page: Page, path: string, heading: string, state: string) {
  await page.goto(`${fixture.site.origin}${path}`)
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  await expectAccessible(page, `${path}, ${state}`)
}

async function fill(page: Page) {
  await page.goto(`${fixture.site.origin}/projects`)
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByLabel('Name').fill(`Garden ${NAMES[0]}`)
  await page.getByRole('button', { name: 'Create project' }).click()
  await page.getByRole('heading', { level: 1, name: 'Garden' }).waitFor()
  await page.goto(`${fixture.site.origin}/today`)
  for (const name of NAMES) await enterTask(page, `${name} #Garden`)
  await enterTask(page, 'Done')
  await page.getByRole('checkbox', { name: 'Complete Done' }).click()
  await page.getByRole('button', { name: 'Start the timer for A name' }).click()
  await page.locator('[data-running-clock]').waitFor()
}

async function goOffline(context: BrowserContext, page: Page) {
  await context.setOffline(true)
  await enterTask(page, 'Written in a tunnel')
  await page.locator('[data-sync=offline]').getByText('1 change not synced').waitFor()
}

// Checks a phone and a desktop: no accessibility violation, and nothing wider than the page.
async function expectAccessible(page: Page, what: string) {
  for (const size of [PHONE, DESKTOP]) {
    await page.setViewportSize(size)
    expect(await findAccessibilityViolations(page), `${what} at ${size.width}`).toEqual([])
    expect(await findOverflows(page), `${what} at ${size.width}`).toEqual([])
  }
}

function findOverflows(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('html, dialog, .sheet-body')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ tagName, scrollWidth, clientWidth }) => `${tagName}: ${scrollWidth} in ${clientWidth}`),
  )
}
