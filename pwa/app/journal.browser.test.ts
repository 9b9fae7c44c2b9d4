import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import type { BrowserContext, Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { blockDatabase } from '../testing/block-database.ts'
import {
  enterTask,
  type Fixture,
  fillSignIn,
  PASSWORD,
  startFixture,
  synced,
} from '../testing/start-fixture.ts'

const PATIENCE = { timeout: 15_000 }

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterEach(() => fixture.site.plugIn())
afterAll(() => fixture.stop())

// Each round takes seconds on a busy machine; four lose a task almost surely if two of ten do.
it.each(chooseRows([4, 20], [4]))(
  'keeps a task whose page is reloaded in the same moment, %i times, and adds none twice',
  async rounds => {
    const { context, page, userId } = await fixture.signIn()
    const names = Array.from({ length: rounds }, (_, round) => `Round ${round}`)
    for (const name of names) {
      await page.evaluate(reloadOnSubmit)
      const field = page.getByRole('textbox', { name: 'Add a task' })
      await field.fill(name)
      await field.press('Enter')
      await page.waitForFunction(() => !('isOld' in window))
      await page.locator('.task', { hasText: name }).waitFor()
      expect(await page.getByRole('textbox', { name: 'Add a task' }).inputValue()).toBe('')
    }
    await expect.poll(() => fixture.bff.taskNames(userId).toSorted(), PATIENCE).toEqual(names.toSorted())
    expect(await page.locator('.task').count()).toBe(rounds)
    expect(await journalIn(page)).toEqual([])
    await context.close()
  },
)

it.each<[string, (page: Page, context: BrowserContext) => Promise<unknown>]>([
  [
    'crashes',
    async (page, context) => {
      const session = await context.newCDPSession(page)
      const crashed = page.waitForEvent('crash')
      session.send('Page.crash').catch(() => {})
      await crashed
    },
  ],
  ['is closed', page => page.close({ runBeforeUnload: false })],
])('keeps the gestures of a page that %s before the database has begun', async (_how, end) => {
  const { context, page, userId, blocker } = await signInWithBusyDatabase()
  const field = page.getByRole('textbox', { name: 'Add a task' })
  await field.fill('At the last moment')
  await field.press('Enter')
  await field.fill('And another one')
  await field.press('Enter')
  await end(page, context)
  // Pages of one site may share the process that has crashed.
  void blocker.close().catch(() => {})
  const next = await context.newPage()
  await next.goto(`${fixture.site.origin}/today`)
  await next.locator('.task', { hasText: 'At the last moment' }).waitFor()
  await next.locator('.task', { hasText: 'And another one' }).waitFor()
  await expect
    .poll(() => fixture.bff.taskNames(userId), PATIENCE)
    .toEqual(['Before', 'At the last moment', 'And another one'])
  await context.close()
})

it('shows at once what the database takes only later, so that nobody does it twice', async () => {
  const { context, page, userId, blocker } = await signInWithBusyDatabase()
  await enterTask(page, 'While the database is busy')
  expect(await page.getByRole('textbox', { name: 'Add a task' }).inputValue()).toBe('')
  const timer = (name: string) =>
    page.getByRole('button', { name: `${name} the timer for Before`, exact: true }).first()
  await timer('Start').click()
  await timer('Stop').click()
  await timer('Start').waitFor()
  await page.getByRole('checkbox', { name: 'Complete Before' }).click()
  await page.getByRole('checkbox', { name: 'Reopen Before' }).waitFor()
  expect(await journalIn(page)).toHaveLength(4)
  expect(fixture.bff.taskNames(userId)).toEqual(['Before'])
  await blocker.close()
  await synced(page)
  const started = fixture.bff.getModel(userId).log.filter(({ op }) => op.field === 'started_at')
  expect(started).toHaveLength(1)
  expect(fixture.bff.taskNames(userId)).toContain('While the database is busy')
  expect(await journalIn(page)).toEqual([])
  await context.close()
})

it('makes a gesture once that a second tab finds in the journal while the first is still storing it', async () => {
  const { context, page, userId, blocker } = await signInWithBusyDatabase()
  const field = page.getByRole('textbox', { name: 'Add a task' })
  await field.fill('Of the first tab')
  await field.press('Enter')
  const second = await context.newPage()
  await second.goto(`${fixture.site.origin}/today`)
  await blocker.close()
  for (const tab of [page, second]) {
    await tab.locator('.task', { hasText: 'Of the first tab' }).waitFor()
    await synced(tab)
    expect(await tab.locator('.task').count()).toBe(2)
  }
  const values = fixture.bff.getModel(userId).log.map(({ op }) => op.value)
  expect(values.filter(value => value === 'Of the first tab')).toHaveLength(1)
  expect(await journalIn(page)).toEqual([])
  await context.close()
})

it('sends everything after offline edits, five reloads and the return of the network', async () => {
  const { context, page, userId } = await fixture.signIn()
  await synced(page)
  fixture.site.unplug()
  const names: string[] = []
  for (let reload = 0; reload < 5; reload++) {
    names.push(`Offline ${reload}`)
    await enterTask(page, `Offline ${reload}`)
    names.push(`Typed milliseconds before ${reload}`)
    await page.evaluate(reloadOnSubmit)
    const field = page.getByRole('textbox', { name: 'Add a task' })
    await field.fill(`Typed milliseconds before ${reload}`)
    await field.press('Enter')
    await page.waitForFunction(() => !('isOld' in window))
    await page
      .locator('.task')
      .nth(2 * reload + 1)
      .waitFor()
  }
  fixture.site.plugIn()
  await synced(page)
  expect(fixture.bff.taskNames(userId)).toEqual(names)
  await context.close()
})

it("keeps a person's gestures, which another person who signs in never sees", async () => {
  const { context, page, email, userId } = await fixture.signIn()
  await synced(page)
  fixture.bff.endSessions()
  await page.reload()
  await page.getByText('Your session has ended.').waitFor()
  const id = '019a0000-0000-7000-8000-000000000001'
  const edits = [{ entity: 'tasks', id, fields: { name: 'Of the first person', status: 'active' } }]
  const gesture = JSON.stringify({ edits, nowMs: Date.now(), correctionMs: 0 })
  await page.evaluate(
    ([key, text]) => localStorage.setItem(key ?? '', text ?? ''),
    [`goalixa.journal:${userId}:left`, gesture],
  )
  const other = fixture.bff.addUser('next@example.com', PASSWORD)
  await fillSignIn(page, 'next@example.com')
  await page.getByText('A clear day').waitFor()
  await synced(page)
  expect([fixture.bff.taskNames(other.id), fixture.bff.taskNames(userId)]).toEqual([[], []])
  fixture.bff.endSessions()
  await page.reload()
  await page.getByText('Your session has ended.').waitFor()
  await fillSignIn(page, email)
  await page.locator('.task', { hasText: 'Of the first person' }).waitFor()
  await expect.poll(() => fixture.bff.taskNames(userId), PATIENCE).toEqual(['Of the first person'])
  await context.close()
})

it('shows how many of many changes are left while they are sent', async () => {
  const { context, page, userId } = await fixture.signIn()
  await synced(page)
  await context.setOffline(true)
  const edits = Array.from({ length: 150 }, (_, row) => ({
    ...{ entity: 'tasks', id: `019a0000-0000-7000-8000-${String(row).padStart(12, '0')}` },
    fields: { name: `Task ${row}`, status: 'active' },
  }))
  await page.evaluate(
    ([prefix = '', texts = '']) =>
      (JSON.parse(texts) as object[]).map((edit, index) =>
        localStorage.setItem(
          `${prefix}${index}`,
          JSON.stringify({ edits: [edit], nowMs: Date.now(), correctionMs: 0, order: index }),
        ),
      ).length,
    [`goalixa.journal:${userId}:`, JSON.stringify(edits)],
  )
  await page.reload()
  await page.locator('[data-sync=offline]').getByText('150 changes not synced').waitFor()
  const answerOnceShown = async (route: Route) => {
    await page.getByText('150 changes left').waitFor()
    await route.fallback()
  }
  await page.route('**/bff/sync', answerOnceShown, { times: 1 })
  await context.setOffline(false)
  await synced(page)
  expect(fixture.bff.taskNames(userId)).toHaveLength(150)
  await context.close()
})

it('removes what a page has left of a person on sign-out', async () => {
  const { context, page, userId } = await fixture.signIn()
  await synced(page)
  await page.evaluate(
    ([key, text]) => localStorage.setItem(key ?? '', text ?? ''),
    [`goalixa.journal:${userId}:left`, JSON.stringify({ edits: [], nowMs: 1 })],
  )
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.locator('[data-confirm-sign-out]').click()
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  await expect
    .poll(() => page.evaluate(() => Object.keys(localStorage).filter(key => key.includes(':'))), PATIENCE)
    .toEqual([])
  await context.close()
})

it('starts where the browser blocks the storage of the journal, and shows only what is in the database', async () => {
  const device = await fixture.openDevice()
  await device.addInitScript(blockStorage)
  const { page, violations } = await fixture.signIn({ device })
  await enterTask(page, 'Without a journal')
  await page.reload()
  await page.locator('.task', { hasText: 'Without a journal' }).waitFor()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByLabel('Dark').check()
  expect(violations).toEqual([])
  await device.close()
})

/** The page of a person with the synced task `Before`, whose database takes nothing until `blocker` is closed. */
async function signInWithBusyDatabase() {
  const signedIn = await fixture.signIn()
  await enterTask(signedIn.page, 'Before')
  await synced(signedIn.page)
  const blocker = await signedIn.context.newPage()
  await blocker.goto(`${fixture.site.origin}/icons/icon.svg`)
  await blocker.evaluate(blockDatabase, `goalixa:${signedIn.userId}`)
  return { ...signedIn, blocker }
}

function journalIn(page: Page): Promise<string[]> {
  return page.evaluate(() => Object.keys(localStorage).filter(key => key.startsWith('goalixa.journal:')))
}

// These run in the page.
function blockStorage() {
  for (const name of ['localStorage', 'sessionStorage'])
    Object.defineProperty(window, name, {
      get() {
        throw new DOMException('Access is denied for this document.', 'SecurityError')
      },
    })
}

function reloadOnSubmit() {
  Object.assign(window, { isOld: true })
  document.addEventListener('submit', () => location.reload(), { once: true })
}
