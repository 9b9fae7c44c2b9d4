import { readFile, writeFile } from 'node:fs/promises'
import { openChromium } from '../testing/open-chromium.ts'

// Run this manually after a change of the drawings: node_modules/.bin/node pwa/icons/render-icons.ts
const PICTURES = [
  { svg: 'icon.svg', png: 'icon-192.png', pixels: 192 },
  { svg: 'icon.svg', png: 'icon-512.png', pixels: 512 },
  { svg: 'icon-maskable.svg', png: 'icon-180.png', pixels: 180 },
  { svg: 'icon-maskable.svg', png: 'icon-maskable-512.png', pixels: 512 },
]

const browser = await openChromium()
for (const { svg, png, pixels } of PICTURES) {
  const page = await browser.newPage({ viewport: { width: pixels, height: pixels } })
  const drawing = await readFile(new URL(svg, import.meta.url), 'utf8')
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${drawing}`)
  await writeFile(new URL(png, import.meta.url), await page.screenshot({ omitBackground: true }))
  await page.close()
}
await browser.close()
