import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { matchRoute } from '@goalixa/pwa/app/routes'
import { expect, it } from 'vitest'
import { ROOT } from './source-files.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const LANDING = textOf(read('product-services/landing/index.html'))
const APP = globSync('pwa/app/**/*.ts', { cwd: ROOT }).filter(path => !path.endsWith('.test.ts'))
const SERVICES = globSync('product-services/*/**/*.ts', { cwd: ROOT }).filter(
  path => !/\.test\.ts$|\/testing\/|node_modules/.test(path),
)

// What products like this one have on screens of their own, with the path that ours would have. To announce one, build it.
it.each([
  ['reports', '/reports', /\breports?\b|\bstatistics\b|\bcharts?\b/i],
  ['conflicts', '/conflicts', /\bconflicts?\b|on record|\brestore\b/i],
  ['history', '/history', /\bhistory\b|earlier versions?/i],
  ['goals', '/goals', /\bgoals?\b|\bmilestones?\b/i],
  ['habits', '/habits', /\bhabits?\b|\bstreaks?\b/i],
  ['reminders', '/reminders', /\bremind(er)?s?\b|\bnotif(y|ications?)\b/i],
  ['calendar', '/calendar', /\bcalendar\b|time ?box/i],
  ['labels', '/labels', /\blabels?\b|\btags?\b/i],
  ['export', '/export', /\bexport(s|ed)?\b|\bdownload\b/i],
])('the landing page promises %s only if the app has a screen at %s', (_name, path, words) => {
  const isBuilt = matchRoute(new URL(path, 'https://app.goalixa.com')).name !== 'unknown'
  expect(isBuilt ? null : words.exec(LANDING)?.[0]).toBeFalsy()
})

it.each([
  ['/today', /\btasks?\b/i],
  ['/projects', /\bprojects?\b/i],
  ['/time', /\btime\b/i],
])('what the landing page is about is in the app at %s', (path, words) => {
  expect(LANDING).toMatch(words)
  expect(matchRoute(new URL(path, 'https://app.goalixa.com')).name).not.toBe('unknown')
})

// Nothing here can send mail. A service that learns to do so takes its sentences out of this test.
it('no sentence mentions a mail that nothing sends', () => {
  const promises = [...APP, ...SERVICES].filter(path =>
    /\b(mail|link|code) (that )?we (have )?sent|we (have )?(e-?mailed|sent)|sent (you|to your)|your inbox/i.test(
      read(path),
    ),
  )
  expect(promises).toEqual([])
  expect(LANDING).not.toMatch(/inbox|we (have )?sent|confirm your/i)
})

function textOf(html: string): string {
  return html.replace(/<(style|svg)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]+>/g, ' ')
}
