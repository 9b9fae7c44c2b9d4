import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

type Finding = {
  id: string
  impact: string | null
  help: string
  nodes: { target: unknown[]; any: { message: string }[] }[]
}
type Axe = { run: (root: Document, options: object) => Promise<{ violations: Finding[] }> }

const AXE = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Lists the serious and critical findings of axe-core on the current page. */
export async function findAccessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(await AXE)
  await page.evaluate(waitForAnimations)
  const { violations } = await page.evaluate(
    rules => (window as unknown as { axe: Axe }).axe.run(document, { runOnly: rules }),
    RULES,
  )
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(formatFinding)
}

// Runs in the page: a colour in transition would be measured wrongly. Does not wait for endless animations.
async function waitForAnimations() {
  const passing = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
  await Promise.all(passing.map(({ finished }) => finished.catch(() => {})))
}

function formatFinding({ id, help, nodes }: Finding): string {
  const places = nodes.map(({ target, any }) => `${target.join(' ')} (${any[0]?.message ?? ''})`)
  return `${id}: ${help}: ${places.slice(0, 3).join('; ')}`
}
