import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './source-files.ts'

const folder = join(ROOT, 'docs/decisions')
const files = readdirSync(folder).filter(name => name !== 'README.md')
const index = readFileSync(join(folder, 'README.md'), 'utf8')

describe.each(files)('docs/decisions/%s', file => {
  const text = readFileSync(join(folder, file), 'utf8')
  const number = file.slice(0, 4)

  it('has the format of every decision and fits on one page', () => {
    expect(file).toMatch(/^\d{4}-[a-z0-9-]+\.md$/)
    expect(text).toMatch(
      new RegExp(
        `^# ${number}\\. \\S.*\\n\\n- Date: \\d{4}-\\d\\d-\\d\\d\\n- Status: (proposed|accepted|superseded by \\d{4})`,
      ),
    )
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(['Context', 'Decision', 'Alternatives', 'Consequences'])
    expect(text.split('\n').length).toBeLessThanOrEqual(60)
  })

  it('is listed in the index', () => {
    expect(index).toContain(`[${number}](${file})`)
  })
})

it('decisions are numbered uniquely and without gaps', () => {
  expect(files.map(file => Number(file.slice(0, 4)))).toEqual(files.map((_, index) => index + 1))
})
