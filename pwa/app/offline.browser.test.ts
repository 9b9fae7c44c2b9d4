import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { enterTask, type Fixture, startFixture, synced } from '../testing/start-fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterEach(() => fixture.site.plugIn())
afterAll(() => fixture.stop())

it('starts offline on every route, even one never visited before', async () => {
  const { context, page } = await fixture.signIn()
  await enterTask(page, 'Read')
  await synced(page)
  await page.close()
  fixture.site.unplug()
  const cold = await context.newPage()
  const headings: Record<string, string> = {
    '/': 'Today',
    '/today': 'Today',
    '/projects': 'Projects',
    '/projects/019a0000-0000-7000-8000-000000000001': 'Project not found',
    '/time': 'Time',
    '/time?day=2026-01-31': 'Time',
    '/settings': 'Settings',
    '/no/such/place': 'Page not found',
  }
  for (const [path, heading] of Object.entries(headings)) {
    await cold.goto(`${fixture.site.origin}${path}`)
    await cold.getByRole('heading', { level: 1, name: heading }).waitFor()
  }
  await cold.goto(`${fixture.site.origin}/today`)
  await cold.locator('.task', { hasText: 'Read' }).waitFor()
  await context.close()
})

it('keeps and counts offline edits, and syncs them after reconnecting', async () => {
  const { context, page, userId } = await fixture.signIn()
  await synced(page)
  fixture.site.unplug()
  await context.setOffline(true)
  await enterTask(page, 'Written in a tunnel')
  await page.getByRole('button', { name: 'Start the timer for Written in a tunnel' }).click()
  await page.locator('[data-sync=offline]').getByText('2 changes not synced').waitFor()
  await page.reload()
  await page.locator('[data-sync=offline]').getByText('2 changes not synced').waitFor()
  await page.locator('[data-running-clock]').waitFor()
  expect(fixture.bff.taskNames(userId)).toEqual([])
  fixture.site.plugIn()
  await context.setOffline(false)
  await synced(page)
  expect(fixture.bff.taskNames(userId)).toEqual(['Written in a tunnel'])
  await context.close()
})

it('captures a task with two taps and resumes a timer with one on an offline phone', async () => {
  const { context, page } = await fixture.signIn()
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  fixture.site.unplug()
  await page.getByRole('button', { name: 'Add a task' }).click()
  await page.keyboard.type('Caught in a lift')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Today', exact: true }).click()
  await page.getByRole('button', { name: 'Start the timer for Caught in a lift' }).click()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('link', { name: 'Projects', exact: true }).click()
  await page.getByRole('button', { name: 'Resume Caught in a lift' }).click()
  await page.getByRole('region', { name: 'Running timer' }).getByText('Caught in a lift').waitFor()
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBe(390)
  await context.close()
})

it('retries automatically after an outage of the server alone', async () => {
  const { context, page, userId } = await fixture.signIn()
  await synced(page)
  fixture.site.unplug()
  await enterTask(page, 'Sent later')
  await page.locator('[data-sync=offline]').waitFor()
  fixture.site.plugIn()
  await synced(page)
  expect(fixture.bff.taskNames(userId)).toEqual(['Sent later'])
  await context.close()
})

it('never caches a response of the API', async () => {
  const { context, page } = await fixture.signIn()
  await enterTask(page, 'Private')
  await synced(page)
  const kept = await page.evaluate(async () => {
    const names = await caches.keys()
    const requests = await Promise.all(names.map(async name => (await caches.open(name)).keys()))
    return requests.flat().map(({ url }) => new URL(url).pathname)
  })
  expect(kept).toContain('/')
  expect(kept.filter(path => path.startsWith('/bff'))).toEqual([])
  await context.close()
})
