import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { enterTask, type Fixture, startFixture, synced } from '../testing/start-fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.stop())

it('closes an open sheet with Back before it leaves the page, and keeps what was typed', async () => {
  const { context, page } = await openSettingsThenToday()
  await page.locator('.task-open').click()
  await page.getByRole('dialog').getByLabel('Name').fill('Renamed before Back')
  await page.goBack()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(new URL(page.url()).pathname).toBe('/today')
  await page.locator('.task', { hasText: 'Renamed before Back' }).waitFor()
  expect(await focusedClass(page)).toContain('task-open')
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  await context.close()
})

it('shows the sheet again with Forward and after a reload, and Back still closes it', async () => {
  const { context, page } = await openSettingsThenToday()
  await page.locator('.task-open').click()
  await page.getByRole('dialog').waitFor()
  await page.goBack()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.goForward()
  await page.getByRole('dialog', { name: 'Task' }).waitFor()
  await page.reload()
  await page.getByRole('dialog', { name: 'Task' }).waitFor()
  await page.goBack()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.locator('.task').waitFor()
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  await context.close()
})

it('leaves nothing in the history, however a sheet is closed and whatever follows', async () => {
  const { context, page } = await openSettingsThenToday()
  const closers = [
    () => page.keyboard.press('Escape'),
    () => page.getByRole('button', { name: 'Close' }).click(),
    () => page.getByRole('button', { name: 'Save' }).click(),
    () => page.mouse.click(20, 400),
  ]
  for (const close of closers) {
    await page.locator('.task-open').click()
    await page.getByRole('dialog').waitFor()
    await close()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await page.getByRole('link', { name: 'Projects', exact: true }).click()
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Garden')
  await page.getByRole('button', { name: 'Create project' }).click()
  const visited: string[] = []
  for (const heading of ['Garden', 'Projects', 'Today', 'Settings']) {
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    visited.push(heading)
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.goBack()
  }
  expect(visited).toHaveLength(4)
  await context.close()
})

it('passes over the sheet of a task that is gone', async () => {
  const { context, page } = await openSettingsThenToday()
  await page.locator('.task-open').click()
  await page.getByRole('button', { name: 'Delete the task' }).click()
  await page.getByText('A clear day').waitFor()
  await page.goForward()
  await page.waitForFunction(() => history.state === null)
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  await context.close()
})

it('opens a shared address without a sheet', async () => {
  const { context, page } = await openSettingsThenToday()
  await page.locator('.task-open').click()
  await page.getByRole('dialog').waitFor()
  const other = await context.newPage()
  await other.goto(page.url())
  await other.locator('.task').waitFor()
  expect(await other.getByRole('dialog').count()).toBe(0)
  await context.close()
})

async function openSettingsThenToday() {
  const signedIn = await fixture.signIn()
  const { page } = signedIn
  await enterTask(page, 'Write')
  await synced(page)
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  await page.getByRole('link', { name: 'Today', exact: true }).click()
  await page.locator('.task').waitFor()
  return signedIn
}

function focusedClass(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.className ?? '')
}
