import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { buildApp } from '../build-app.ts'
import { createTestBff } from './create-test-bff.ts'
import { openChromium } from './open-chromium.ts'
import { startSite } from './start-site.ts'

/** The password of every test person. */
export const PASSWORD = 'a long enough sentence'

/** Starts the built app with a BFF in memory, whose clock is `now`, and a real browser. A browser context is one device. */
export async function startFixture({ now = Date.now }: { now?: () => number } = {}) {
  const { folder } = await buildApp()
  const bff = createTestBff({ now })
  const site = await startSite({ folder, bff: bff.handle })
  const browser = await openChromium()
  let people = 0

  async function openDevice(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options })
    context.setDefaultTimeout(30_000)
    return context
  }

  return {
    site,
    bff,
    openDevice,
    /** Opens a device that shows Today for a new person, with the shell cached for offline use. */
    async signIn({ device, email }: { device?: BrowserContext; email?: string } = {}) {
      const address = email ?? `person${++people}@example.com`
      const user = email === undefined ? bff.addUser(address, PASSWORD) : undefined
      const context = device ?? (await openDevice())
      const page = await context.newPage()
      const violations = collectViolations(page)
      await page.goto(`${site.origin}/today`)
      await fillSignIn(page, address)
      await page.getByRole('heading', { name: 'Today', exact: true }).waitFor()
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
      return { context, page, violations, email: address, userId: user?.id ?? '' }
    },
    async stop() {
      await browser.close()
      await site.stop()
    },
  }
}
export type Fixture = Awaited<ReturnType<typeof startFixture>>

/** Fills in the sign-in form and submits it. */
export async function fillSignIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Signs out through the settings. */
export async function signOut(page: Page) {
  // A page behind another tab draws once a second.
  await page.bringToFront()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.locator('[data-confirm-sign-out]').click()
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
}

/** Types a task into the field on the page and waits until the list shows it. */
export async function enterTask(page: Page, line: string): Promise<void> {
  await typeTask(page, line)
  const name = line.replace(/\s#\S+/g, '')
  await page.locator('.task', { hasText: name }).waitFor()
}

/** Types a task without waiting for it to appear. */
export async function typeTask(page: Page, line: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Add a task' })
  await field.fill(line)
  await field.press('Enter')
}

/** Presses keys in quick succession: the page waits only a moment for the second key of a pair. */
export async function pressTogether(page: Page, ...keys: string[]): Promise<void> {
  await Promise.all(keys.map(key => page.keyboard.press(key)))
}

/** Resolves once the page shows that everything is on the server. Wait for the edit to appear first. */
export async function synced(page: Page): Promise<void> {
  await page.locator('[data-sync=synced]').waitFor()
}

// Violations of the content security policy and script errors. Failed connections are expected in offline tests.
function collectViolations(page: Page): string[] {
  const violations: string[] = []
  page.on('pageerror', error => violations.push(String(error)))
  page.on('console', message => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text())
  })
  return violations
}
