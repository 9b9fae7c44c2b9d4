import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const GROUNDS = ['paper', 'surface', 'raised', 'sunken', 'accent-soft']
const PAIRS: [text: string, ground: string][] = [
  ...['ink', 'ink-soft', 'ink-faint'].flatMap(text =>
    GROUNDS.map((ground): [string, string] => [text, ground]),
  ),
  ...['accent', 'accent-strong'].flatMap(text =>
    ['paper', 'surface', 'accent-soft'].map((ground): [string, string] => [text, ground]),
  ),
  ['on-accent', 'accent'],
  ['danger', 'surface'],
  ['danger', 'danger-soft'],
  ['warning', 'warning-soft'],
]
const tokens = await readTokens()

// WCAG 2.2, 1.4.3: a contrast of at least 4.5 to 1 for text.
it.each(PAIRS)('%s is legible on %s, light and dark', (text, ground) => {
  for (const theme of ['light', 'dark'] as const)
    expect(contrast(text, ground, theme), theme).toBeGreaterThanOrEqual(4.5)
})

// WCAG 2.2, 1.4.11: a contrast of at least 3 to 1 for the borders of controls.
it.each(['paper', 'surface', 'raised', 'accent-soft'])(
  'a control is visible on %s, light and dark',
  ground => {
    for (const theme of ['light', 'dark'] as const)
      expect(contrast('control', ground, theme), theme).toBeGreaterThanOrEqual(3)
  },
)

function contrast(text: string, ground: string, theme: 'light' | 'dark'): number {
  const [high = 0, low = 0] = [luminance(text, theme), luminance(ground, theme)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}

function luminance(name: string, theme: 'light' | 'dark'): number {
  const color = tokens.get(name)?.[theme]
  if (color === undefined) throw new Error(`There is no colour --${name}.`)
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at =>
    linear(Number.parseInt(color.slice(at, at + 2), 16) / 255),
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
}

async function readTokens() {
  const css = await readFile(new URL('tokens.css', import.meta.url), 'utf8')
  const found = css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)
  return new Map([...found].map(([, name = '', light = '', dark = '']) => [name, { light, dark }]))
}
