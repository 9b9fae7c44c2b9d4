import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'
import { forward } from './testing/forward.ts'
import { openChromium } from './testing/open-chromium.ts'
import { enterTask, fillSignIn, PASSWORD, synced, typeTask } from './testing/start-fixture.ts'
import { startRealServices } from './testing/start-real-services.ts'
import { startSite } from './testing/start-site.ts'

let services: Awaited<ReturnType<typeof startRealServices>>
let site: Awaited<ReturnType<typeof startSite>>
let browser: Browser
beforeAll(async () => {
  services = await startRealServices()
  const { folder } = await buildApp()
  site = await startSite({ folder, bff: (request, response) => forward(services.bff, request, response) })
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
  await services?.stop()
})

it('registers, tracks time, works offline and syncs with a second device', async () => {
  const laptop = await openDevice()
  await laptop.goto(`${site.origin}/register`)
  await laptop.getByLabel('Email').fill('mara@example.com')
  await laptop.getByLabel('Password').fill(PASSWORD)
  await laptop.getByRole('button', { name: 'Create account' }).click()
  await laptop.getByText('A clear day').waitFor()
  await enterTask(laptop, 'Write the letter')
  await laptop.getByRole('button', { name: 'Start the timer for Write the letter' }).click()
  await synced(laptop)

  const phone = await openDevice()
  await phone.goto(`${site.origin}/today`)
  await fillSignIn(phone, 'mara@example.com')
  await phone.locator('.focus-task').getByText('Write the letter').waitFor()
  await synced(phone)

  site.unplug()
  await typeTask(laptop, 'Written in a tunnel')
  await laptop.locator('[data-sync=offline]').waitFor()
  site.plugIn()
  await synced(laptop)

  await phone.getByRole('button', { name: 'Stop', exact: true }).click()
  await phone.locator('[data-running-clock]').waitFor({ state: 'detached' })
  await synced(phone)
  const tasks = await read(phone, '/bff/v1/tasks')
  expect(JSON.stringify(tasks)).toContain('Written in a tunnel')
  expect(await read(phone, '/bff/v1/timer')).toEqual({ entry: null })
})

it('causes no error in the console at the first visit', async () => {
  const page = await openDevice()
  const said: string[] = []
  page.on('console', message => message.type() === 'error' && said.push(message.text()))
  page.on('pageerror', error => said.push(String(error)))
  await page.goto(`${site.origin}/today`)
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  expect(said).toEqual([])
})

it('shows the reason for a rejected password', async () => {
  const page = await openDevice()
  await page.goto(`${site.origin}/register`)
  await page.getByLabel('Email').fill('jonas@example.com')
  await page.getByLabel('Password').fill('aaaaaaaaaaaa')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('alert').getByText('less common').waitFor()
})

it('ends the session on sign-out', async () => {
  const page = await openDevice()
  await page.goto(`${site.origin}/sign-in`)
  await fillSignIn(page, 'mara@example.com')
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.locator('[data-confirm-sign-out]').click()
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  const me = async () => (await page.request.get(`${site.origin}/bff/auth/me`)).status()
  await expect.poll(me, { timeout: 15_000 }).toBe(401)
})

async function openDevice(): Promise<Page> {
  const context = await browser.newContext()
  context.setDefaultTimeout(30_000)
  return context.newPage()
}

async function read(page: Page, path: string): Promise<unknown> {
  const answer = await page.request.get(`${site.origin}${path}`)
  expect(answer.status()).toBe(200)
  return answer.json()
}
