import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { enterTask, type Fixture, startFixture, synced } from '../testing/start-fixture.ts'

const DAY_MS = 86_400_000

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.stop())

it.each([
  ['a day ahead', DAY_MS],
  ['a day behind', -DAY_MS],
])(
  'a device whose clock is set to %s starts the timer offline, and every device shows its time',
  async (error, ms) => {
    const { context, page, email, userId } = await fixture.signIn()
    await enterTask(page, 'Read')
    await synced(page)
    await page.close()
    fixture.site.unplug()
    const wrong = await context.newPage()
    await wrong.addInitScript(shiftClock, ms)
    await wrong.goto(`${fixture.site.origin}/today`)
    await wrong.getByRole('button', { name: 'Start the timer for Read' }).click()
    await expectFewMinutes(wrong)
    await enterTask(wrong, 'Write')
    await wrong.locator('[data-sync=offline]').waitFor()
    fixture.site.plugIn()
    await synced(wrong)
    await wrong.getByText(`This device’s clock is ${error.replace('a day', '1 day')}.`).waitFor()
    await expectFewMinutes(wrong)

    const { context: other, page: right } = await fixture.signIn({ email })
    await expectFewMinutes(right)
    expect(await right.locator('.task').first().innerText()).toContain('Write')
    await right.getByRole('button', { name: 'Stop', exact: true }).click()
    await right.locator('[data-running-clock]').waitFor({ state: 'detached' })
    await synced(right)
    const [entry] = [...fixture.bff.getModel(userId).rows.values()].filter(
      row => row.entity === 'time_entries',
    )
    const [startMs, endMs] = [entry?.fields.started_at, entry?.fields.ended_at].map(field =>
      Date.parse(String(field?.value)),
    )
    expect(Number(endMs) - Number(startMs)).toBeGreaterThanOrEqual(0)
    expect(Number(endMs) - Number(startMs)).toBeLessThan(120_000)
    expect(endMs).toBeLessThanOrEqual(Date.now())

    await wrong.reload()
    await synced(wrong)
    await wrong.locator('[data-running-clock]').waitFor({ state: 'detached' })
    expect(await wrong.getByText('This device’s clock').count()).toBe(0)
    await other.close()
    await context.close()
  },
)

// The page may be slow, a day is another matter.
async function expectFewMinutes(page: Page) {
  expect(await page.locator('[data-running-clock]').innerText()).toMatch(/^0:0[01]:\d\d$/)
}

function shiftClock(ms: number) {
  const RightDate = Date
  globalThis.Date = new Proxy(RightDate, {
    construct: (target, given) =>
      given.length === 0 ? new target(target.now() + ms) : Reflect.construct(target, given),
    get: (target, name) => (name === 'now' ? () => target.now() + ms : Reflect.get(target, name)),
  })
}
