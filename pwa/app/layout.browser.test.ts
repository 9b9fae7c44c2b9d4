import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findLayoutFaults } from '../testing/find-layout-faults.ts'
import { enterTask, type Fixture, startFixture, synced, typeTask } from '../testing/start-fixture.ts'

const LANDING = new URL('../../product-services/landing/index.html', import.meta.url).href
const SLOW = { timeout: 240_000 }

const SIZES = [
  { width: 320, height: 640 },
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1280, height: 860 },
  { width: 1920, height: 1080 },
] as const
const WORD = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen'.repeat(4).slice(0, 200)
const ARABIC = 'كتابة التقرير السنوي عن حديقة المدينة ومراجعته مع الفريق قبل إرساله إلى المجلس '
  .repeat(2)
  .trim()
const EMOJI = '👩🏽‍🌾🌻'.repeat(24)
const SENTENCE =
  'A name so long that nobody would choose it, but somebody will, and then every list and every sheet has to show all of it'
const NAMES = [WORD, ARABIC, EMOJI, SENTENCE, 'Short']
const PROJECTS = [WORD, ARABIC, SENTENCE]

const MORNING_MS = Date.parse('2026-06-10T00:05:00+02:00')
const TRACKED_MS = 22.8 * 3_600_000

let fixture: Fixture
let context: BrowserContext
let page: Page
beforeAll(async () => {
  // A day that is long by the time that it is looked at: long durations and a full strip.
  let offsetMs = MORNING_MS - Date.now()
  fixture = await startFixture({ now: () => Date.now() + offsetMs })
  const device = await fixture.openDevice({ timezoneId: 'Europe/Berlin' })
  await device.clock.install({ time: MORNING_MS })
  const signedIn = await fixture.signIn({ device })
  ;({ context, page } = signedIn)
  for (const [index, name] of NAMES.entries()) {
    await addProject(PROJECTS[index])
    await enterTask(page, name)
  }
  await page.goto(`${fixture.site.origin}/today`)
  await page.getByRole('checkbox', { name: 'Complete Short' }).click()
  await page.getByRole('button', { name: `Start the timer for ${WORD}` }).click()
  await page.locator('[data-running-clock]').waitFor()
  await synced(page)
  offsetMs += TRACKED_MS
  await page.clock.fastForward(TRACKED_MS)
  await synced(page)
  for (let number = 1; number <= 12; number++) await addProject(`Project ${number}`)
}, 240_000)
afterAll(async () => {
  await context?.close()
  await fixture?.stop()
})

// The narrowest phone and a desktop; each layout has two more widths, and colours move nothing unless a style is wrong.
const ROWS = SIZES.flatMap(size => (['light', 'dark'] as const).map(colorScheme => ({ size, colorScheme })))
const SHORT = ROWS.filter(
  ({ size, colorScheme }) => [320, 1280].includes(size.width) && colorScheme === 'light',
)

describe.each(chooseRows(ROWS, SHORT))(
  'at $size.width px in $colorScheme colours',
  ({ size, colorScheme }) => {
    it('cuts and covers nothing on any page, with long names and a running timer', SLOW, async () => {
      await show()
      const linked = await page.evaluate(() =>
        [...document.querySelectorAll('.places a, .side-projects a')]
          .filter(link => !link.textContent?.trim().startsWith('Project '))
          .map(link => link.getAttribute('href') ?? ''),
      )
      const found: Record<string, string[]> = {}
      expect(linked).toContain('/settings')
      for (const path of [...linked, '/projects/none', '/time?day=2026-01-31', '/no/page']) {
        await page.goto(`${fixture.site.origin}${path}`)
        await page.locator('h1').waitFor()
        found[path] = await findLayoutFaults(page)
      }
      expect(faultsIn(found)).toEqual({})
    })

    it('cuts and covers nothing in any sheet', SLOW, async () => {
      await show()
      const found: Record<string, string[]> = {}
      for (const [name, open] of Object.entries(SHEETS)) {
        await open()
        await page.getByRole('dialog').waitFor()
        found[name] = await findLayoutFaults(page)
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      }
      expect(faultsIn(found)).toEqual({})
    })

    it('shows a message and a sync problem in full', SLOW, async () => {
      await show()
      await page.getByRole('checkbox', { name: `Complete ${SENTENCE}` }).click()
      await page.locator('.toast').waitFor()
      const found: Record<string, string[]> = { 'a message': await findLayoutFaults(page) }
      await page.getByRole('button', { name: 'Undo' }).click()
      await page.goto(`${fixture.site.origin}/time`)
      await page.locator('.timer-bar').waitFor()
      for (const text of [
        '2 changes not synced',
        'Offline · 1,240 changes not synced',
        '12,400 changes left',
      ])
        found[text] = await findFaultsWithBadge(text)
      expect(faultsIn(found)).toEqual({})
    })

    it('cuts nothing before sign-in', SLOW, async () => {
      const device = await fixture.openDevice()
      const stranger = await device.newPage()
      await stranger.setViewportSize(size)
      await stranger.emulateMedia({ colorScheme })
      const found: Record<string, string[]> = {}
      for (const path of ['/sign-in', '/register']) {
        await stranger.goto(`${fixture.site.origin}${path}`)
        await stranger.locator('h1').waitFor()
        found[path] = await findLayoutFaults(stranger)
      }
      await stranger.goto(LANDING)
      found.landing = await findLayoutFaults(stranger)
      await device.close()
      expect(faultsIn(found)).toEqual({})
    })

    async function show() {
      await page.setViewportSize(size)
      await page.emulateMedia({ colorScheme })
      await page.goto(`${fixture.site.origin}/today`)
      await page.locator('.task').first().waitFor()
    }
  },
)

it('finds text that is cut, covered or overlapping, and small targets', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${fixture.site.origin}/no/page`)
  await page.locator('h1').waitFor()
  expect(await findLayoutFaults(page)).toEqual([])
  await page.evaluate(breakLayout)
  const faults = (await findLayoutFaults(page)).join('\n')
  for (const kind of [
    'cut: ',
    'overlap: ',
    'outside the window: ',
    'target of 10 × 10',
    'floats over',
    'leaves ',
  ])
    expect(faults).toContain(kind)
})

it('shows a change that could not be saved, with a text of any length', SLOW, async () => {
  const found: Record<string, string[]> = {}
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.goto(`${fixture.site.origin}/today`)
  fixture.bff.rejectText(`${WORD}${WORD}`)
  await typeTask(page, `${WORD}${WORD}`)
  await page.locator('[data-sync=attention]').click()
  await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
  for (const size of SIZES) {
    await page.setViewportSize(size)
    found[size.width] = await findLayoutFaults(page)
  }
  expect(faultsIn(found)).toEqual({})
})

const SHEETS: Record<string, () => Promise<void>> = {
  task: () => page.locator('.task-open').first().click(),
  'new task': async () => {
    await page.goto(`${fixture.site.origin}/settings`)
    await page.locator('h1').waitFor()
    await page.keyboard.press('n')
  },
  shortcuts: () => page.keyboard.press('?'),
  'sign-out': () => page.getByRole('button', { name: 'Sign out' }).click(),
  'new project': async () => {
    await page.goto(`${fixture.site.origin}/projects`)
    await page.getByRole('button', { name: 'New project' }).click()
  },
  project: async () => {
    await page.locator('.project-card').first().click()
    await page.getByRole('button', { name: 'Edit' }).click()
  },
}

// Leaves the page of the new project open, so that tasks added next are in it.
async function addProject(name = 'Garden') {
  await page.goto(`${fixture.site.origin}/projects`)
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create project' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

// The sentence of the badge, at a state that would take long to bring about.
async function findFaultsWithBadge(text: string): Promise<string[]> {
  await page.evaluate(sentence => {
    const badge = document.querySelector('.badge')
    badge?.setAttribute('class', 'badge badge-offline')
    const span = badge?.querySelector('span')
    if (span) span.textContent = sentence
  }, text)
  return findLayoutFaults(page)
}

function faultsIn(found: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(found).filter(([, faults]) => faults.length > 0))
}

// Runs in the page: one specimen of each fault. The policy of the page allows no style attributes, but the CSSOM.
function breakLayout() {
  const add = (tag: string, text: string, style: Partial<CSSStyleDeclaration>) => {
    const element = document.createElement(tag)
    element.textContent = text
    Object.assign(element.style, { display: 'block', ...style })
    document.querySelector('main')?.append(element)
    return element
  }
  add('p', 'This sentence is longer than its frame', {
    width: '60px',
    overflow: 'hidden',
    whiteSpace: 'nowrap',
  })
  add('p', 'One text', { height: '20px' })
  add('p', 'Another text', { height: '20px', marginTop: '-40px' })
  add('p', 'Far out', { marginLeft: '600px', width: '100px' })
  add('button', '', { width: '10px', height: '10px' })
  add('button', 'A text that does not fit', { width: '40px', whiteSpace: 'nowrap' })
  add('div', '', { position: 'fixed', left: '0', bottom: '300px', width: '200px', height: '40px' })
}
