import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { enterTask, type Fixture, startFixture } from '../testing/start-fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.stop())

it('says how much room is left, then the limit, and cuts nothing off', async () => {
  const { context, page } = await fixture.signIn()
  const field = page.getByRole('textbox', { name: 'Add a task' })
  await field.fill('x'.repeat(300))
  expect(await hintIn(page)).toBe('')
  await field.fill('x'.repeat(460))
  expect(await hintIn(page)).toBe('40 characters left')
  await field.fill('x'.repeat(734))
  expect(await hintIn(page)).toBe('Too long to save: at most 500 characters; this has 734.')
  await field.press('Enter')
  expect(await field.inputValue()).toHaveLength(734)
  expect(await page.locator('.task').count()).toBe(0)
  await field.fill('🌱'.repeat(500))
  expect(await hintIn(page)).toBe('0 characters left')
  await field.fill('🌱'.repeat(245))
  expect(await hintIn(page)).toBe('')
  await field.fill('🌱'.repeat(460))
  expect(await hintIn(page)).toBe('40 characters left')
  await field.press('Enter')
  await page.locator('.task').waitFor()
  await context.close()
})

it('counts what is saved: neither the project nor the spaces of a new task, but each line of a note', async () => {
  const { context, page } = await fixture.signIn()
  await page.goto(`${fixture.site.origin}/projects`)
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByLabel('Name').fill('Garden')
  await page.getByRole('button', { name: 'Create project' }).click()
  await page.getByRole('heading', { name: 'Garden' }).waitFor()
  const field = page.getByRole('textbox', { name: 'Add a task' })
  await field.fill(`${'x'.repeat(500)}   #garden`)
  expect(await hintIn(page)).toBe('0 characters left')
  await field.press('Enter')
  await page.locator('.task-open').click()
  const note = page.getByRole('dialog').getByLabel('Note')
  const text = `${'y'.repeat(20_000)}\n`
  await note.fill(text)
  await page.getByRole('button', { name: 'Save' }).click()
  expect(await hintIn(page, 'dialog ')).toContain('at most 20,000 characters; this has 20,001')
  await page.reload()
  await expect.poll(() => note.inputValue()).toBe(text)
  expect(await hintIn(page, 'dialog ')).toContain('at most 20,000 characters; this has 20,001')
  await note.fill('a\0b')
  expect(await hintIn(page, 'dialog ')).toContain('Cannot be saved: expected text without NUL characters.')
  await page.getByRole('button', { name: 'Delete the task' }).click()
  await page.getByText('Deleted: ').waitFor()
  await context.close()
})

it.each([
  ['Escape', (page: Page) => page.keyboard.press('Escape')],
  ['the button', (page: Page) => page.getByRole('button', { name: 'Close' }).click()],
  ['Save', (page: Page) => page.getByRole('button', { name: 'Save' }).click()],
  ['Back', goBackAndForth],
])('keeps a sheet open whose text is too long, when %s would close it', async (_name, close) => {
  const device = await fixture.openDevice()
  await device.addInitScript(countMoves)
  const { context, page } = await fixture.signIn({ device })
  await enterTask(page, 'Write')
  await page.locator('.task-open').click()
  const note = page.getByRole('dialog').getByLabel('Note')
  await note.fill('y'.repeat(20_001))
  await close(page)
  expect(await note.inputValue()).toHaveLength(20_001)
  expect(await hintIn(page, 'dialog ')).toContain('at most 20,000 characters; this has 20,001')
  await note.fill('y'.repeat(20_000))
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.locator('.task-open').click()
  expect(await note.inputValue()).toHaveLength(20_000)
  await context.close()
})

it('closes a sheet that a text has kept open at the last moment, once the text can be saved', async () => {
  const { context, page } = await fixture.signIn()
  await enterTask(page, 'Write')
  await page.locator('.task-open').click()
  const dialog = page.getByRole('dialog', { name: 'Task' })
  const note = dialog.getByLabel('Note')
  await page.evaluate(typeBeforeBack, 'y'.repeat(20_001))
  await page.getByRole('button', { name: 'Close' }).click()
  await expect.poll(() => hintIn(page, 'dialog ')).toContain('at most 20,000 characters; this has 20,001')
  await page.waitForFunction(() => history.state?.sheet !== undefined)
  await note.fill('Short')
  await page.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.locator('.task-open').click()
  expect(await note.inputValue()).toBe('Short')
  await context.close()
})

it('says the limit of the name of a project', async () => {
  const { context, page } = await fixture.signIn()
  await page.goto(`${fixture.site.origin}/projects`)
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByLabel('Name').fill('z'.repeat(201))
  expect(await hintIn(page, 'dialog ')).toContain('at most 200 characters')
  await page.getByRole('button', { name: 'Create project' }).click()
  expect(await page.getByLabel('Name').inputValue()).toHaveLength(201)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await context.close()
})

it('has no field that cuts off what is typed or pasted', async () => {
  const device = await fixture.openDevice()
  const page = await device.newPage()
  await page.goto(`${fixture.site.origin}/register`)
  await page.getByLabel('Password').waitFor()
  expect(await page.locator('[maxlength]').count()).toBe(0)
  const signedIn = await fixture.signIn({ device })
  await enterTask(signedIn.page, 'Write')
  await signedIn.page.locator('.task-open').click()
  await signedIn.page.getByRole('dialog').waitFor()
  expect(await signedIn.page.locator('[maxlength]').count()).toBe(0)
  await device.close()
})

async function hintIn(page: Page, place = 'main '): Promise<string> {
  const hints = await page.locator(`${place}.field-limit`).allTextContents()
  return hints.join('')
}

// Back, and what the app answers with.
async function goBackAndForth(page: Page) {
  await page.goBack()
  await page.waitForFunction(() => (window as unknown as { moves: number }).moves === 2)
}

// Runs in the page before the app, which stops the event.
function countMoves() {
  Object.assign(window, { moves: 0 })
  addEventListener('popstate', () => (window as unknown as { moves: number }).moves++)
}

// Types into the note of the sheet once the app has decided to go back.
function typeBeforeBack(text: string) {
  const { back } = history
  history.back = () => {
    history.back = back
    const note = [...document.querySelectorAll<HTMLTextAreaElement>('dialog textarea')].at(-1)
    if (note) note.value = text
    note?.dispatchEvent(new Event('input', { bubbles: true }))
    history.back()
  }
}
