import type { BrowserContext, Page } from 'playwright-core'
import { buildApp } from '../build-app.ts'
import { createTestBff } from './create-test-bff.ts'
import { openChromium } from './open-chromium.ts'
import { startSite } from './start-site.ts'

/** What a test person signs in with. */
export const PASSWORD = 'a long enough sentence'

/** The built app with a BFF in memory and a real browser. A context is one device. */
export async function startFixture() {
  const { folder } = await buildApp()
  const bff = createTestBff()
  const site = await startSite({ folder, bff: bff.handle })
  const browser = await openChromium()
  let people = 0

  async function openDevice(): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 } })
    context.setDefaultTimeout(30_000)
    return context
  }

  return {
    site,
    bff,
    openDevice,
    /** A device with Today open for a new person, with the shell kept for offline use. */
    async signIn({ device, email }: { device?: BrowserContext; email?: string } = {}) {
      const address = email ?? `person${++people}@example.com`
      const user = email === undefined ? bff.addUser(address, PASSWORD) : undefined
      const context = device ?? (await openDevice())
      const page = await context.newPage()
      const complaints = listenForComplaints(page)
      await page.goto(`${site.origin}/today`)
      await fillSignIn(page, address)
      await page.getByRole('heading', { name: 'Today', exact: true }).waitFor()
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
      return { context, page, complaints, email: address, userId: user?.id ?? '' }
    },
    async stop() {
      await browser.close()
      await site.stop()
    },
  }
}
export type Fixture = Awaited<ReturnType<typeof startFixture>>

/** Fills the sign-in form and sends it. */
export async function fillSignIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Types a task into the field on the page and waits until it is in the list. */
export async function addTask(page: Page, line: string): Promise<void> {
  await typeTask(page, line)
  const name = line.replace(/\s#\S+/g, '')
  await page.locator('.task', { hasText: name }).waitFor()
}

/** Types a task and does not wait for it to appear. */
export async function typeTask(page: Page, line: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Add a task' })
  await field.fill(line)
  await field.press('Enter')
}

/** Presses keys one right after the other: the page waits only a moment for the second of a pair. */
export async function pressTogether(page: Page, ...keys: string[]): Promise<void> {
  await Promise.all(keys.map(key => page.keyboard.press(key)))
}

/** Resolves once the page says that everything is on the server. Wait for the edit to be seen first. */
export async function synced(page: Page): Promise<void> {
  await page.locator('[data-sync=synced]').waitFor()
}

// Breaches of the content security policy and script errors; a refused connection is what offline tests are about.
function listenForComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text())
  })
  return complaints
}
