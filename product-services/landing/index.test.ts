import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const html = readFileSync(new URL('index.html', import.meta.url), 'utf8')

test('the page is at most 15 KB over the wire', () => {
  expect(gzipSync(html).length).toBeLessThanOrEqual(15 * 1024)
})

test('the page loads nothing else: no script, and nothing from the network', () => {
  expect(html).not.toMatch(/<script|<iframe|<object|<embed|<base|@import|\son\w+=/i)
  const loaded = [
    ...html.matchAll(/(?:\bsrc|\bsrcset|\bposter)\s*=|<link\b[^>]*\bhref="([^"]*)"|url\(([^)]*)\)/gi),
  ]
  expect(loaded.map(([, link = '', url = '']) => link || url)).toEqual([
    expect.stringMatching(/^data:image\/svg/),
  ])
  expect(html).toContain("default-src 'none'")
})

test('links lead to the app or within the page only', () => {
  const links = [...html.matchAll(/<a\b[^>]*\bhref="([^"]*)"/g)].map(([, href]) => href)
  expect(links.length).toBeGreaterThan(3)
  for (const href of links) expect(href).toMatch(/^(\/$|#\w+$|https:\/\/app\.goalixa\.com\/)/)
})

test('the page names its language, has one main heading, and follows light and dark', () => {
  expect(html).toMatch(/<html lang="en">/)
  expect(html.match(/<h1\b/g)).toHaveLength(1)
  expect(html).toContain('prefers-color-scheme: dark')
  const ids = [...html.matchAll(/aria-labelledby="(\w+)"/g)].map(([, id]) => id)
  for (const id of ids) expect(html).toContain(`id="${id}"`)
})
