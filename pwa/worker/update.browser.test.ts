import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from '../build-app.ts'
import { enterTask, type Fixture, startFixture } from '../testing/start-fixture.ts'

let fixture: Fixture
let dist: string
beforeAll(async () => {
  fixture = await startFixture()
  dist = await mkdtemp(join(tmpdir(), 'goalixa-pwa-'))
})
afterAll(async () => {
  await fixture.stop()
  await rm(dist, { recursive: true, force: true })
})

it('replaces a stale shell on the next visit and deletes the old one', async () => {
  const { context, page } = await fixture.signIn()
  const before = await shellOf(page)
  await fixture.site.release((await buildApp({ dist, buildId: 'second' })).folder)
  await page.goto(`${fixture.site.origin}/settings`)
  const next = page.getByText('Goalixa second')
  // Automatic while the page is fresh; on a busy machine the page offers a reload instead.
  const offer = page.getByRole('button', { name: 'Reload' })
  await next.or(offer).first().waitFor()
  if (await offer.isVisible()) await offer.click()
  await next.waitFor()
  await expect.poll(() => shellOf(page), { timeout: 15_000 }).toEqual(['shell-second'])
  expect(before).not.toEqual(['shell-second'])
  await context.close()
})

it('offers the new version instead of reloading while the user is typing', async () => {
  const { context, page } = await fixture.signIn()
  await enterTask(page, 'Typed before')
  await page.goto(`${fixture.site.origin}/today`)
  const field = page.getByRole('textbox', { name: 'Add a task' })
  await field.fill('half a thou')
  await fixture.site.release((await buildApp({ dist, buildId: 'third' })).folder)
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
  await page.getByText('A new version of Goalixa is ready.').waitFor()
  expect(await field.inputValue()).toBe('half a thou')
  await page.getByRole('button', { name: 'Reload' }).click()
  await expect.poll(() => shellOf(page), { timeout: 15_000 }).toEqual(['shell-third'])
  await expect.poll(() => field.inputValue(), { timeout: 15_000 }).toBe('half a thou')
  await page.goto(`${fixture.site.origin}/settings`)
  await page.getByText('Goalixa third').waitFor()
  await context.close()
})

it('does not reload while only the page holds a change, and does so once the change could be stored', async () => {
  const { context, page, userId } = await fixture.signIn()
  await enterTask(page, 'Stored')
  await page.evaluate(fillDevice)
  const field = page.getByRole('textbox', { name: 'Add a task' })
  await field.fill('Held by the page alone')
  await field.press('Enter')
  await page.getByText('the change is kept only while this page is open').waitFor()
  // It is not safe to reload: somebody is typing.
  await field.fill('half a thou')
  await fixture.site.release((await buildApp({ dist, buildId: 'fourth' })).folder)
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
  await page.evaluate(() => Object.assign(window, { isOld: true }))
  const offer = page.locator('.toast', { hasText: 'A new version of Goalixa is ready.' })
  const reload = offer.getByRole('button', { name: 'Reload' })
  const refusal = page.getByText('This page holds changes that this device could not store')
  await reload.click()
  await refusal.waitFor()
  await reload.click()
  await refusal.waitFor()
  expect(await page.evaluate(() => 'isOld' in window)).toBe(true)
  await page.evaluate(() => (window as unknown as { emptyDevice: () => void }).emptyDevice())
  await reload.click()
  await page.waitForFunction(() => !('isOld' in window))
  await page.locator('.task', { hasText: 'Held by the page alone' }).waitFor()
  await expect
    .poll(() => fixture.bff.taskNames(userId), { timeout: 15_000 })
    .toEqual(['Stored', 'Held by the page alone'])
  await context.close()
})

it('reloads if a rollout serves the page of one build and the files of another', async () => {
  const device = await fixture.openDevice()
  const page = await device.newPage()
  let isMissing = true
  await page.route('**/assets/main-*.js', route => {
    if (!isMissing) return route.fallback()
    isMissing = false
    return route.fulfill({ status: 404 })
  })
  await page.goto(fixture.site.origin)
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  expect(isMissing).toBe(false)
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
  await device.close()
})

function shellOf(page: Page): Promise<string[]> {
  return page.evaluate(() => caches.keys()).catch(() => [])
}

// Runs in the page. Its real quota cannot be reduced: the browser ignores that in a test context.
function fillDevice() {
  const { put } = IDBObjectStore.prototype
  const { setItem } = Storage.prototype
  const refuse = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  }
  const emptyDevice = () => {
    IDBObjectStore.prototype.put = put
    Storage.prototype.setItem = setItem
  }
  Object.assign(window, { emptyDevice })
  IDBObjectStore.prototype.put = refuse
  Storage.prototype.setItem = refuse
}
