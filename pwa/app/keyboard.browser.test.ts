import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { enterTask, type Fixture, pressTogether, startFixture, synced } from '../testing/start-fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.stop())

it('supports a whole day from the keyboard', async () => {
  const { context, page } = await fixture.signIn()
  await page.keyboard.press('n')
  await page.keyboard.type('Second')
  await page.keyboard.press('Enter')
  await page.keyboard.type('First')
  await page.keyboard.press('Enter')
  await page.locator('.task').nth(1).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { level: 1 }).focus()
  await page.keyboard.press('j')
  expect(await focusedTask(page)).toBe('First')
  await page.keyboard.press('j')
  expect(await focusedTask(page)).toBe('Second')
  await page.keyboard.press('s')
  await page.locator('.focus-task').getByText('Second').waitFor()
  await page.keyboard.press('x')
  await page.getByRole('list', { name: 'Done today' }).getByText('Second').waitFor()
  expect(await page.locator('[data-running-clock]').count()).toBe(0)
  expect(await focusedTask(page)).toBe('Second')
  await page.keyboard.press('u')
  await page.getByRole('list', { name: 'To do' }).getByText('Second').waitFor()
  await pressTogether(page, 'g', 's')
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  await page.keyboard.press('n')
  await page.keyboard.type('From anywhere')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await pressTogether(page, 'g', 't')
  await page.locator('.task', { hasText: 'From anywhere' }).waitFor()
  await synced(page)
  await context.close()
})

it('shows the shortcuts with ?, closes them with Escape and restores the focus', async () => {
  const { context, page } = await fixture.signIn()
  await enterTask(page, 'A task')
  await page.locator('.task-open').focus()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await focusedTask(page)).toBe('A task')
  await context.close()
})

it('ignores shortcuts typed into a field', async () => {
  const { context, page } = await fixture.signIn()
  await enterTask(page, 'gs # ? x u')
  await page.locator('.task', { hasText: 'gs # ? x u' }).waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
  expect(new URL(page.url()).pathname).toBe('/today')
  await context.close()
})

it('outlines the focused control and names every control', async () => {
  const { context, page } = await fixture.signIn()
  await enterTask(page, 'A task')
  const seen: { name: string; isOutlined: boolean }[] = []
  for (let step = 0; step < 14; step++) {
    await page.keyboard.press('Tab')
    seen.push(await page.evaluate(describeFocus))
  }
  expect(seen.filter(({ isOutlined }) => !isOutlined)).toEqual([])
  expect(seen.filter(({ name }) => name === '')).toEqual([])
  await context.close()
})

it('never loses the focus to a control that is gone', async () => {
  const { context, page } = await fixture.signIn()
  await enterTask(page, 'Write')
  await page.getByRole('button', { name: 'Start the timer for Write' }).click()
  await page.locator('.focus').getByRole('button', { name: 'Stop' }).press('Enter')
  await page.getByRole('button', { name: 'Resume', exact: true }).waitFor()
  expect(await focusedName(page)).toBe('Resume')
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Resume Write' }).press('Enter')
  await page.getByRole('button', { name: 'Stop the timer' }).waitFor()
  expect(await focusedName(page)).toBe('Stop the timer')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Resume Write' }).waitFor()
  expect(await focusedName(page)).toBe('Resume Write')
  await page.getByRole('link', { name: 'Time', exact: true }).click()
  await page.getByRole('button', { name: 'Delete the entry' }).first().press('Enter')
  await page.locator('.entry').nth(1).waitFor({ state: 'detached' })
  expect(await focusedName(page)).toContain('Delete the entry')
  await page.keyboard.press('Enter')
  await page.getByText('No time tracked').waitFor()
  expect(await focusedName(page)).toBe('Time')
  await page.getByRole('button', { name: 'Undo' }).last().press('Enter')
  await page.locator('.entry').waitFor()
  expect(await focusedName(page)).toBe('Time')
  await context.close()
})

it('keeps the chosen theme over a reload', async () => {
  const { context, page } = await fixture.signIn()
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const light = await paper()
  await page.goto(`${fixture.site.origin}/settings`)
  await page.getByRole('radio', { name: 'Dark' }).check()
  await page.reload()
  expect(await paper()).not.toBe(light)
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
  await context.close()
})

function focusedTask(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.querySelector('.task-name')?.textContent?.trim())
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement
    return (focused?.getAttribute('aria-label') ?? focused?.textContent ?? '').trim()
  })
}

// Runs in the page. A field whose frame shows the focus counts as outlined.
function describeFocus() {
  const focused = document.activeElement ?? document.body
  const frame = focused.closest('.add') ?? focused
  const label = focused.getAttribute('aria-label') ?? focused.textContent ?? ''
  return {
    name: focused === document.body ? 'the browser' : label.trim(),
    isOutlined: focused === document.body || getComputedStyle(frame).outlineStyle !== 'none',
  }
}
