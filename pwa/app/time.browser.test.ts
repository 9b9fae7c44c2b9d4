import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enterTask, type Fixture, startFixture, synced } from '../testing/start-fixture.ts'

const HOUR_MS = 3_600_000

// Server and device agree on the time, which is not that of this machine.
let offsetMs = 0
let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture({ now: () => Date.now() + offsetMs })
})
afterAll(() => fixture.stop())

it('turns to the new day at midnight, with a timer running and without a reload', async () => {
  const { context, page } = await openAt('2026-06-10T23:40:00+14:00', 'Pacific/Kiritimati')
  await enterTask(page, 'Write')
  await enterTask(page, 'Read')
  await page.getByRole('checkbox', { name: 'Complete Read' }).click()
  await page.getByRole('list', { name: 'Done today' }).getByText('Read').waitFor()
  await page.getByRole('button', { name: 'Start the timer for Write' }).click()
  await page.locator('[data-running-clock]').waitFor()
  await page.locator('.eyebrow', { hasText: 'Wednesday 10 June' }).waitFor()
  await goTo(page, '2026-06-10T23:59:58+14:00')
  expect(await textOf(page, '[data-today-total]')).toMatch(/^(19|20) min$/)
  await page.evaluate(() => Object.assign(window, { isSamePage: true }))
  await goTo(page, '2026-06-11T00:00:02+14:00')
  await page.locator('.eyebrow', { hasText: 'Thursday 11 June' }).waitFor({ timeout: 5_000 })
  expect(await page.getByRole('list', { name: 'Done today' }).count()).toBe(0)
  expect(await textOf(page, '[data-today-total]')).toMatch(/^\d s$/)
  expect(await textOf(page, '[data-running-clock]')).toMatch(/^0:(19|20):/)
  await page.getByRole('link', { name: 'Time', exact: true }).click()
  await page.locator('.entry', { hasText: '00:00 – now' }).waitFor()
  await page.getByRole('link', { name: 'Previous day' }).click()
  await page.locator('.eyebrow', { hasText: 'Wednesday 10 June' }).waitFor()
  expect(await textOf(page, '.entry-span')).toMatch(/^23:(39|40) – 24:00$/)
  expect(await textOf(page, '.entry-length')).toMatch(/^(19|20) min$/)
  expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true)
  await context.close()
})

it.each([
  ['en-GB', ['00:00 – 09:00', '00:00 – 24:00', '21:00 – 24:00']],
  ['en-US', ['12:00 AM – 9:00 AM', '12:00 AM – 12:00 AM', '9:00 PM – 12:00 AM']],
])('shows an entry over three days as a time of each of them, in %s', async (locale, spans) => {
  const { context, page } = await openAt('2026-06-08T21:00:00+02:00', 'Europe/Berlin', locale)
  await track(page, 'Watch the telescope through two nights', '2026-06-10T09:00:00+02:00')
  await page.getByRole('link', { name: 'Time', exact: true }).click()
  const seen: string[] = []
  for (const _day of spans) {
    seen.push(await textOf(page, '.entry-span'))
    const [span, name] = await Promise.all(['.entry-span', '.entry-task'].map(part => boxOf(page, part)))
    expect(span?.right).toBeLessThanOrEqual(name?.left ?? 0)
    await page.getByRole('link', { name: 'Previous day' }).click()
  }
  expect(seen).toEqual(spans)
  await context.close()
})

describe('the strip of a day', () => {
  it.each([
    ['of 24 hours', '2026-06-10T00:30:00+02:00', '2026-06-10T15:00:00+02:00', 24],
    ['of 23 hours', '2026-03-29T00:30:00+01:00', '2026-03-29T15:00:00+02:00', 23],
    ['of 25 hours', '2026-10-25T00:30:00+02:00', '2026-10-25T15:00:00+01:00', 25],
  ])('%s has its entries where the hours are', async (_name, start, end, hours) => {
    const { context, page } = await openAt(start, 'Europe/Berlin')
    await track(page, 'Sail', end)
    await enterTask(page, 'Write')
    await page.getByRole('button', { name: 'Start the timer for Write' }).click()
    await goTo(page, new Date(Date.parse(end) + 8.5 * HOUR_MS).toISOString())
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.locator('[data-running-clock]').waitFor({ state: 'detached' })
    const strip = await boxOf(page, '.strip-bar')
    const at = (ms: number) => (ms - (Date.parse(start) - HOUR_MS / 2)) / (hours * HOUR_MS)
    const placeOf = (x: number) => (x - strip.left) / (strip.right - strip.left)
    const [sail, write] = await boxesOf(page, '.strip-block')
    const labels = await boxesOf(page, '.strip-labels text')
    expect(labels.map(({ text }) => text)).toEqual(['00', '03', '06', '09', '12', '15', '18', '21', '24'])
    const noon = labels[4]
    expect(placeOf(((noon?.left ?? 0) + (noon?.right ?? 0)) / 2)).toBeCloseTo(
      at(Date.parse(end) - 3 * HOUR_MS),
      2,
    )
    expect(placeOf(sail?.right ?? 0)).toBeCloseTo(at(Date.parse(end)), 2)
    expect(placeOf(write?.left ?? 0)).toBeCloseTo(at(Date.parse(end)), 2)
    const marks = await boxesOf(page, '.strip-hour')
    expect(marks).toHaveLength(hours + 1)
    expect(placeOf(marks[12]?.left ?? 0)).toBeCloseTo(12 / hours, 2)
    await context.close()
  })
})

async function openAt(iso: string, timezoneId: string, locale = 'en-GB') {
  const device = await fixture.openDevice({ timezoneId, locale })
  offsetMs = Date.parse(iso) - Date.now()
  await device.clock.install({ time: Date.parse(iso) })
  return fixture.signIn({ device })
}

// As after the sleep of a device: timers that are due fire once. No request is on its way while the clocks jump.
async function goTo(page: Page, iso: string) {
  await synced(page)
  const before = await page.evaluate(() => Date.now())
  const byMs = Date.parse(iso) - before
  offsetMs += byMs
  await page.clock.fastForward(byMs)
}

async function track(page: Page, task: string, untilIso: string) {
  await enterTask(page, task)
  await page.getByRole('button', { name: `Start the timer for ${task}` }).click()
  await page.locator('[data-running-clock]').waitFor()
  await goTo(page, untilIso)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.locator('[data-running-clock]').waitFor({ state: 'detached' })
  await synced(page)
}

async function textOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ').trim()
}

async function boxOf(page: Page, selector: string) {
  const [box] = await boxesOf(page, selector)
  if (box === undefined) throw new Error(`Nothing matches ${selector}.`)
  return box
}

function boxesOf(page: Page, selector: string) {
  return page.locator(selector).evaluateAll(elements =>
    elements.map(element => {
      const { left, right } = element.getBoundingClientRect()
      return { left, right, text: element.textContent }
    }),
  )
}
