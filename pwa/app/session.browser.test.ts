import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { blockDatabase } from '../testing/block-database.ts'
import {
  enterTask,
  type Fixture,
  fillSignIn,
  PASSWORD,
  signOut,
  startFixture,
  synced,
  typeTask,
} from '../testing/start-fixture.ts'

const PATIENCE = { timeout: 15_000 }

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterEach(() => fixture.site.plugIn())
afterAll(() => fixture.stop())

it('shows an edit of one tab in the other, and sends each edit to the server once', async () => {
  const { context, page, userId } = await fixture.signIn()
  const second = await context.newPage()
  await second.goto(`${fixture.site.origin}/today`)
  await second.getByText('A clear day').waitFor()
  await enterTask(page, 'From the first tab')
  await second.locator('.task', { hasText: 'From the first tab' }).waitFor()
  await enterTask(second, 'From the second tab')
  await page.locator('.task', { hasText: 'From the second tab' }).waitFor()
  await Promise.all([synced(page), synced(second)])
  expect(fixture.bff.taskNames(userId).sort()).toEqual(['From the first tab', 'From the second tab'])
  const seqs = fixture.bff.getModel(userId).log.map(({ op }) => op.seq)
  expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  await context.close()
})

it('syncs edits from one device to another', async () => {
  const { context, page, email } = await fixture.signIn()
  await enterTask(page, 'Written on the laptop')
  await synced(page)
  const phone = await fixture.signIn({ email })
  await phone.page.locator('.task', { hasText: 'Written on the laptop' }).waitFor()
  await phone.page.getByRole('checkbox').click()
  await phone.page.getByRole('list', { name: 'Done today' }).waitFor()
  await synced(phone.page)
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Sync now' }).click()
  await page.getByRole('link', { name: 'Today', exact: true }).click()
  await page.getByText('All done. Enjoy the view.').waitFor()
  await Promise.all([context.close(), phone.context.close()])
})

it('removes the data from the device on sign-out, in all tabs', async () => {
  const { context, page } = await fixture.signIn()
  const second = await context.newPage()
  await second.goto(`${fixture.site.origin}/today`)
  await enterTask(page, 'Nobody else may read this')
  await synced(page)
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.locator('[data-confirm-sign-out]').click()
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  await second.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  const left = () =>
    page.evaluate(async () => [
      ...(await indexedDB.databases()).map(({ name }) => name),
      ...Object.keys(localStorage),
    ])
  await expect.poll(left, PATIENCE).toEqual([])
  expect((await page.request.get(`${fixture.site.origin}/bff/auth/me`)).status()).toBe(401)
  await context.close()
})

it('ends the session and empties the database while a suspended tab has it open, and either person can sign in', async () => {
  const { context, page, email } = await fixture.signIn()
  await enterTask(page, 'Nobody else may read this')
  await synced(page)
  const suspended = await context.newPage()
  await suspended.goto(`${fixture.site.origin}/today`)
  await suspended.locator('.task', { hasText: 'Nobody else may read this' }).waitFor()
  await synced(suspended)
  const resume = await suspend(suspended)
  await signOut(page)
  await page.getByText('Another Goalixa tab did not respond').waitFor()
  await expect
    .poll(async () => (await page.request.get(`${fixture.site.origin}/bff/auth/me`)).status(), PATIENCE)
    .toBe(401)
  expect(await page.evaluate(textInDatabases)).not.toContain('Nobody else')
  const heir = fixture.bff.addUser('suspended-heir@example.com', PASSWORD)
  await fillSignIn(page, heir.email)
  await page.getByText('A clear day').waitFor()
  await signOut(page)
  await fillSignIn(page, email)
  await enterTask(page, 'Written after the new sign-in')
  await synced(page)
  await page.reload()
  await page.locator('.task', { hasText: 'Written after the new sign-in' }).waitFor()
  await resume()
  await suspended.locator('.task', { hasText: 'Written after the new sign-in' }).waitFor()
  // The sign-out has removed it from the device alone.
  await suspended.locator('.task', { hasText: 'Nobody else may read this' }).waitFor()
  await context.close()
})

it('finishes at the next start a removal that a suspended tab has hindered', async () => {
  const { context, page, userId } = await fixture.signIn()
  await enterTask(page, 'Left behind')
  await synced(page)
  const suspended = await context.newPage()
  await suspended.goto(`${fixture.site.origin}/today`)
  await suspended.locator('.task').waitFor()
  await synced(suspended)
  await suspend(suspended)
  await signOut(page)
  await page.getByText('Another Goalixa tab did not respond').waitFor()
  expect(await databasesOf(page)).toEqual([`goalixa:${userId}`])
  await page.evaluate(key => localStorage.setItem(key, 'written late'), `goalixa.journal:${userId}:late`)
  await suspended.close()
  await page.reload()
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  await expect.poll(() => databasesOf(page), PATIENCE).toEqual([])
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage)), PATIENCE).toEqual([])
  await context.close()
})

it('lets nobody in while the data of the account that was signed out can still be read, and ends the session all the same', async () => {
  const { context, page, email, userId } = await fixture.signIn()
  await enterTask(page, 'Still here')
  await synced(page)
  const blocker = await context.newPage()
  await blocker.goto(`${fixture.site.origin}/icons/icon.svg`)
  await blocker.evaluate(blockDatabase, `goalixa:${userId}`)
  await signOut(page)
  await page.getByText('could not be removed from this device yet').waitFor()
  await expect
    .poll(async () => (await page.request.get(`${fixture.site.origin}/bff/auth/me`)).status(), PATIENCE)
    .toBe(401)
  await page.reload()
  await fillSignIn(page, email)
  await page.getByRole('alert').getByText('could not be removed from this device yet').waitFor()
  await blocker.close()
  await fillSignIn(page, email)
  await page.locator('.task', { hasText: 'Still here' }).waitFor()
  await context.close()
})

it('lets a person in while a suspended tab holds the lock of a removal that it has completed, and nobody before', async () => {
  const device = await fixture.openDevice()
  const holder = await device.newPage()
  await holder.goto(`${fixture.site.origin}/icons/icon.svg`)
  await holder.evaluate(() => void navigator.locks.request('goalixa-removal', () => new Promise(() => {})))
  const { page, email } = await fixture.signIn({ device })
  await signOut(page)
  await page.getByText('could not be removed from this device yet').waitFor()
  await fillSignIn(page, email)
  await page.getByRole('alert').getByText('could not be removed from this device yet').waitFor()
  await holder.close()
  await fillSignIn(page, email)
  await page.getByRole('heading', { name: 'Today', exact: true }).waitFor()
  await device.close()
})

it('signs out offline: the data is removed at once, the session on the server ends later', async () => {
  const { context, page } = await fixture.signIn()
  await synced(page)
  fixture.site.unplug()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.locator('[data-confirm-sign-out]').click()
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  await expect.poll(() => databasesOf(page), PATIENCE).toEqual([])
  fixture.site.plugIn()
  const logout = page.waitForResponse(response => response.url().endsWith('/bff/auth/logout'))
  await page.reload()
  await logout
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  await context.close()
})

it('asks to sign in again when the session has ended, and loses no edit', async () => {
  const { context, page, email, userId } = await fixture.signIn()
  await synced(page)
  fixture.bff.endSessions()
  await typeTask(page, 'Written with an old session')
  await page.getByText('Your session has ended.').waitFor()
  expect(fixture.bff.taskNames(userId)).toEqual([])
  await fillSignIn(page, email)
  await page.locator('.task', { hasText: 'Written with an old session' }).waitFor()
  await synced(page)
  expect(fixture.bff.taskNames(userId)).toEqual(['Written with an old session'])
  await context.close()
})

it("never sends one person's changes under another person's session", async () => {
  const { context, page, email, userId } = await fixture.signIn()
  await synced(page)
  fixture.bff.endSessions()
  await typeTask(page, 'Of the first person')
  await page.getByText('Your session has ended.').waitFor()
  const other = fixture.bff.addUser('other@example.com', PASSWORD)
  await fillSignIn(page, 'other@example.com')
  await page.getByText('A clear day').waitFor()
  await synced(page)
  expect(fixture.bff.taskNames(other.id)).toEqual([])
  expect(fixture.bff.taskNames(userId)).toEqual([])
  fixture.bff.endSessions()
  await page.reload()
  await page.getByText('Your session has ended.').waitFor()
  await fillSignIn(page, email)
  await page.locator('.task', { hasText: 'Of the first person' }).waitFor()
  await expect.poll(() => fixture.bff.taskNames(userId), PATIENCE).toEqual(['Of the first person'])
  await context.close()
})

it('leaves no data of one person on the device when another signs in after the session has ended', async () => {
  const { context, page } = await fixture.signIn()
  await enterTask(page, 'Nobody else may find this')
  await synced(page)
  fixture.bff.endSessions()
  await page.reload()
  await page.getByText('Your session has ended.').waitFor()
  const heir = fixture.bff.addUser('heir@example.com', PASSWORD)
  await fillSignIn(page, 'heir@example.com')
  await page.getByText('A clear day').waitFor()
  await expect.poll(() => databasesOf(page), PATIENCE).toEqual([`goalixa:${heir.id}`])
  await context.close()
})

it('keeps offline edits when the session has ended in between', async () => {
  const { context, page, email, userId } = await fixture.signIn()
  await synced(page)
  fixture.site.unplug()
  await enterTask(page, 'Written in a long tunnel')
  await page.locator('[data-sync=offline]').getByText('1 change not synced').waitFor()
  fixture.bff.endSessions()
  fixture.site.plugIn()
  await page.getByText('Your session has ended.').waitFor()
  await fillSignIn(page, email)
  await page.locator('.task', { hasText: 'Written in a long tunnel' }).waitFor()
  await expect.poll(() => fixture.bff.taskNames(userId), PATIENCE).toEqual(['Written in a long tunnel'])
  await context.close()
})

// As the browser suspends a tab in the background: it keeps its connections and locks, and no task of it runs.
async function suspend(page: Page): Promise<() => Promise<void>> {
  const devtools = await page.context().newCDPSession(page)
  const paused = new Promise(resolve => devtools.once('Debugger.paused', resolve))
  await devtools.send('Debugger.enable')
  await devtools.send('Debugger.pause')
  await paused
  return async () => {
    await devtools.send('Debugger.resume')
    await devtools.send('Debugger.disable')
  }
}

// These run in the page.
async function textInDatabases() {
  const texts: string[] = []
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  for (const { name = '' } of await indexedDB.databases()) {
    const db = await done(indexedDB.open(name))
    for (const store of db.objectStoreNames)
      texts.push(JSON.stringify(await done(db.transaction(store).objectStore(store).getAll())))
    db.close()
  }
  return texts.join()
}

function databasesOf(page: Page): Promise<(string | undefined)[]> {
  return page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
}
