import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './source-files.ts'

export type Edit = { path: string; place: string | undefined; text: string }

/**
 * Returns the edits of a page of docs/, in order: its code blocks whose info string names a file, such as
 * `ts tools/catalog.ts (first line)`. The place is `first line`, `at the end` or `after "a line of the file"`; a block
 * without a place is a new file.
 */
export function editsOf(page: string): Edit[] {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
  const blocks = text.matchAll(/^```\w+ (\S+)(?: \((.+)\))?\n([\s\S]*?)^```$/gm)
  return [...blocks].map(([, path = '', place, text = '']) => ({ path, place, text }))
}

/** Applies the edits of a page to a copy of the repository. Throws if a file does not match the page. */
export function followPage(page: string, folder: string): void {
  for (const { path, place, text } of editsOf(page)) {
    const file = join(folder, path)
    if (place === undefined && existsSync(file)) throw new Error(`docs/${page}: ${path} exists already.`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, place === undefined ? text : insert(readFileSync(file, 'utf8'), text, place, page))
  }
}

function insert(file: string, text: string, place: string, page: string): string {
  if (place === 'first line') return text + file
  if (place === 'at the end') return `${file.trimEnd()}\n${text}`
  const [, line = ''] = /^after "(.+)"$/.exec(place) ?? []
  const [before, after, ...others] = file.split(`${line}\n`)
  if (line === '' || after === undefined || others.length > 0)
    throw new Error(`docs/${page}: expected one line that ends with ${JSON.stringify(line)} (${place}).`)
  return `${before}${line}\n${text}${after}`
}
