import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  enterTask,
  type Fixture,
  fillSignIn,
  startFixture,
  synced,
  typeTask,
} from '../testing/start-fixture.ts'

const PATIENCE = { timeout: 15_000 }
const YEAR_MS = 31_536_000_000

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.stop())

it('shows and keeps what is done on a full device, says so, and syncs it once there is space', async () => {
  const { context, page, userId } = await fixture.signIn()
  await enterTask(page, 'Before')
  await synced(page)
  await page.evaluate(fillStorage)
  await typeTask(page, 'Written on a full device')
  await page.getByText('Kept on this device, and synced once there is space.').waitFor()
  await enterTask(page, 'And one more')
  await page.locator('.task', { hasText: 'Written on a full device' }).waitFor()
  await page.locator('[data-sync=pending]', { hasText: '2 changes not synced' }).waitFor()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByText('2 changes are stored only on this device until they are synced.').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('2 changes are not synced yet and would be lost.').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.evaluate(emptyStorage)
  await page.getByRole('button', { name: 'Sync now' }).click()
  await synced(page)
  await page.getByText('Kept on this device').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Today', exact: true }).click()
  await page.locator('.task', { hasText: 'Written on a full device' }).waitFor()
  await expect
    .poll(() => fixture.bff.taskNames(userId).sort(), PATIENCE)
    .toEqual(['And one more', 'Before', 'Written on a full device'])
  await context.close()
})

it('keeps the page with a change that only it holds when the session ends, until the change could be stored', async () => {
  const { context, page, email, userId } = await fixture.signIn()
  await synced(page)
  await page.evaluate(fillStorageButForMeta)
  await typeTask(page, 'Held by the page alone')
  const failure = page.locator('.toast', { hasText: 'the change is kept only while this page is open' })
  await failure.waitFor()
  fixture.bff.endSessions()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Sync now' }).click()
  await page.getByText('Your session has ended. Free some space on this device').waitFor()
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  const asking = page.waitForEvent('dialog')
  await page.evaluate(() => setTimeout(() => location.reload()))
  const question = await asking
  expect(question.type()).toBe('beforeunload')
  await question.dismiss()
  await page.evaluate(emptyStorage)
  await failure.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('your data is still on this device').waitFor()
  await fillSignIn(page, email)
  await expect.poll(() => fixture.bff.taskNames(userId), PATIENCE).toEqual(['Held by the page alone'])
  await context.close()
})

it.each([
  ['two years ahead', 2 * YEAR_MS],
  ['two years behind', -2 * YEAR_MS],
])('syncs with a clock that is %s', async (_name, offMs) => {
  const { context, page: right, email, userId } = await fixture.signIn()
  await enterTask(right, 'Before')
  await synced(right)
  const wrong = await fixture.openDevice()
  await wrong.addInitScript(shiftClock, offMs)
  const { page } = await fixture.signIn({ device: wrong, email })
  await page.locator('.task-open', { hasText: 'Before' }).click()
  await page.getByLabel('Name').fill('Renamed')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect.poll(() => fixture.bff.taskNames(userId), PATIENCE).toEqual(['Renamed'])
  const [task] = fixture.bff.getModel(userId).rows.values()
  expect(Math.abs((task?.fields.name?.stamp.ms ?? 0) - Date.now())).toBeLessThan(YEAR_MS / 2)
  await Promise.all([context.close(), wrong.close()])
})

it('has stored every edit by the time a sheet closes, so that a reload loses nothing', async () => {
  const { context, page } = await fixture.signIn()
  await enterTask(page, 'Round 0')
  for (let round = 1; round <= 5; round++) {
    await page.locator('.task-open').click()
    await page.getByLabel('Name').fill(`Round ${round}`)
    await page.keyboard.press('Escape')
    // In the page itself and at that moment, so that the test adds no delay.
    await page.evaluate(reloadOnClose)
    await page.waitForFunction(() => !('isOld' in window))
    await page.locator('.task', { hasText: `Round ${round}` }).waitFor()
  }
  await context.close()
})

// These run in the page. Its real quota cannot be reduced: the browser ignores that in a test context.
function fillStorage() {
  const put = IDBObjectStore.prototype.put
  Object.assign(window, { emptyStorage: () => Object.assign(IDBObjectStore.prototype, { put }) })
  IDBObjectStore.prototype.put = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  }
}

// Nearly full: what a request needs still fits.
function fillStorageButForMeta() {
  const { put } = IDBObjectStore.prototype
  const { setItem } = Storage.prototype
  const refuse = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  }
  const emptyStorage = () => {
    Object.assign(IDBObjectStore.prototype, { put })
    Object.assign(Storage.prototype, { setItem })
  }
  Object.assign(window, { emptyStorage })
  Storage.prototype.setItem = refuse
  IDBObjectStore.prototype.put = function (...values) {
    return this.name === 'meta' ? put.apply(this, values) : refuse()
  }
}

function emptyStorage() {
  ;(window as unknown as { emptyStorage: () => void }).emptyStorage()
}

function shiftClock(offMs: number) {
  const now = Date.now
  Date.now = () => now() + offMs
}

function reloadOnClose() {
  Object.assign(window, { isOld: true })
  const dialog = document.querySelector('dialog')
  if (dialog === null || !dialog.open) return location.reload()
  dialog.addEventListener('close', () => location.reload(), { once: true })
}
