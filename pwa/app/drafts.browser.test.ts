import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { enterTask, type Fixture, startFixture, synced } from '../testing/start-fixture.ts'

const PATIENCE = { timeout: 15_000 }

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.stop())

it('has the text of a new task again after a reload, on each page its own', async () => {
  const { context, page, userId } = await fixture.signIn()
  await enterTask(page, 'A task')
  await addProject(page, 'Garden')
  const [today, garden] = ['Half a task for tod', 'Half a task for the gar']
  await newTask(page).pressSequentially(garden)
  await page.getByRole('link', { name: 'Today', exact: true }).click()
  await newTask(page).pressSequentially(today)
  await page.reload()
  await expect.poll(() => newTask(page).inputValue(), PATIENCE).toBe(today)
  await page.getByRole('navigation', { name: 'Projects' }).getByText('Garden').click()
  await expect.poll(() => newTask(page).inputValue(), PATIENCE).toBe(garden)
  await newTask(page).press('Enter')
  await page.locator('.task', { hasText: garden }).waitFor()
  await page.reload()
  await page.locator('.task', { hasText: garden }).waitFor()
  expect(await newTask(page).inputValue()).toBe('')
  await synced(page)
  expect(fixture.bff.taskNames(userId).toSorted()).toEqual(['A task', garden])
  await context.close()
})

it.each(['reload', 'crash'] as const)(
  'has the name and the note of a task again after a %s, and saves them as if just typed',
  async how => {
    const { context, page, userId } = await fixture.signIn()
    await enterTask(page, 'Write the letter')
    await synced(page)
    await page.locator('.task-open').click()
    await page.getByLabel('Note').pressSequentially('Dear Mara, I hop')
    await page.getByLabel('Name').fill('Write the long letter')
    await page.getByLabel('Note').focus()
    await page.getByLabel('Note').pressSequentially('e')
    const next = how === 'reload' ? await reload(page) : await crash(page)
    if ((await next.getByRole('dialog').count()) === 0) await next.locator('.task-open').click()
    await expect.poll(() => next.getByLabel('Note').inputValue(), PATIENCE).toMatch(/Dear Mara, I hope$/)
    await next.getByRole('button', { name: 'Save' }).click()
    await next.getByRole('dialog').waitFor({ state: 'detached' })
    await synced(next)
    const [task] = fixture.bff.getModel(userId).rows.values()
    expect(task?.fields.note?.value).toBe('Dear Mara, I hope')
    expect(task?.fields.name?.value).toBe('Write the long letter')
    expect(await draftsIn(next)).toEqual([])
    await context.close()
  },
)

it('never puts a draft over a newer value of another device, and offers it', async () => {
  const { context, page, email } = await fixture.signIn()
  await enterTask(page, 'Write the letter')
  await synced(page)
  await page.locator('.task-open').click()
  await page.getByLabel('Note').pressSequentially('Mine')
  const phone = await fixture.signIn({ email })
  await phone.page.locator('.task-open').click()
  await phone.page.getByLabel('Note').fill('Of the phone')
  await phone.page.getByRole('button', { name: 'Save' }).click()
  await synced(phone.page)
  await page.reload()
  await page.getByRole('dialog').waitFor()
  await expect.poll(() => page.getByLabel('Note').inputValue(), PATIENCE).toBe('Of the phone')
  await page.getByText('This text was changed elsewhere').waitFor()
  expect(await draftsIn(page)).toHaveLength(1)
  await page.evaluate(() =>
    [...document.querySelectorAll('button')]
      .find(({ textContent }) => textContent?.trim() === 'Use mine')
      ?.click(),
  )
  expect(await page.getByLabel('Note').inputValue()).toBe('Mine')
  await context.close()
  await phone.context.close()
})

it('forgets what the person discards by closing a sheet, and everything on sign-out', async () => {
  const { context, page } = await fixture.signIn()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.keyboard.press('n')
  const field = page.getByRole('textbox', { name: 'What needs doing?' })
  await field.fill('Not this')
  expect(await draftsIn(page)).toHaveLength(1)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await draftsIn(page)).toEqual([])
  await page.keyboard.press('n')
  expect(await field.inputValue()).toBe('')
  await field.fill('Private')
  await page.reload()
  await expect.poll(() => field.inputValue(), PATIENCE).toBe('Private')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Today', exact: true }).click()
  await newTask(page).fill('Private as well')
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  expect(await draftsIn(page)).toHaveLength(1)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.locator('[data-confirm-sign-out]').click()
  await page.getByRole('heading', { name: 'Sign in to Goalixa' }).waitFor()
  await expect.poll(() => draftsIn(page), PATIENCE).toEqual([])
  await context.close()
})

function newTask(page: Page) {
  return page.getByRole('textbox', { name: 'Add a task' })
}

async function addProject(page: Page, name: string) {
  await page.getByRole('link', { name: 'Projects', exact: true }).click()
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create project' }).click()
  await page.getByRole('heading', { name }).waitFor()
}

async function reload(page: Page): Promise<Page> {
  await page.reload()
  await page.locator('.task').waitFor()
  return page
}

async function crash(page: Page): Promise<Page> {
  const session = await page.context().newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  session.send('Page.crash').catch(() => {})
  await crashed
  const next = await page.context().newPage()
  await next.goto(`${fixture.site.origin}/today`)
  await next.locator('.task').waitFor()
  return next
}

function draftsIn(page: Page): Promise<string[]> {
  return page.evaluate(() => Object.keys(localStorage).filter(key => key.startsWith('goalixa.draft:')))
}
