import type { Cut } from './evidence.ts'
import { LIMITS } from './limits.ts'
import type { Place } from './rebuild-json.ts'

/** Truncates a text before the word at its limit, because half a secret would not be recognised as one, and reports that in `cut`. */
export function clipText(text: string, maxChars: number, { path }: Place, cut: Cut[]): string {
  if (text.length <= maxChars) return text
  let end = maxChars
  while (end > maxChars / 2 && !SEPARATORS.has(text[end - 1] ?? '')) end -= 1
  cut.push({ path: path(), unit: 'characters', kept: end, total: text.length })
  return text.slice(0, end).toWellFormed()
}

/** Whether a text may be a JSON document, and is short enough to be searched as one. */
export function isJsonText(text: string): boolean {
  return text.length <= LIMITS.jsonTextChars && /^\s*[{[]/.test(text)
}

const SEPARATORS = new Set(' \n\t"\',;&')
