import type { Cut } from './evidence.ts'
import type { Json } from './json.ts'

type Limits = {
  /** Characters of one string. */
  stringChars: number
  /** Characters of the whole as JSON. */
  totalChars: number
}

/**
 * Truncates a JSON value, and returns what was left out. Strings lose their end; the longest lists lose the items at the
 * end that is not the newest. A value that is still too large is null.
 */
export function truncateJson(
  value: Json,
  limits: Limits,
  newestAt: 'start' | 'end' = 'start',
): { value: Json; cut: Cut[] } {
  const cut: Cut[] = []
  const short = cutStrings(value, limits.stringChars, [], cut)
  let fitting = short
  // Each turn shortens the largest list; a list of long lists may need several turns.
  for (let turn = 0; turn < 20 && sizeOf(fitting) > limits.totalChars; turn += 1) {
    const heaviest = heaviestList(fitting)
    if (!heaviest) break
    const excess = sizeOf(fitting) - limits.totalChars
    const kept = shorten(heaviest.list, excess, newestAt)
    cut.push({
      path: heaviest.steps.join('.'),
      unit: 'items',
      kept: kept.length,
      total: heaviest.list.length,
    })
    fitting = replaceAt(fitting, heaviest.steps, kept)
  }
  return { value: sizeOf(fitting) <= limits.totalChars ? fitting : null, cut }
}

function cutStrings(value: Json, max: number, steps: readonly (string | number)[], cut: Cut[]): Json {
  if (typeof value === 'string') {
    if (value.length <= max) return value
    cut.push({ path: steps.join('.'), unit: 'characters', kept: max, total: value.length })
    return `${wellFormed(value.slice(0, max))}…`
  }
  if (Array.isArray(value)) return value.map((item, index) => cutStrings(item, max, [...steps, index], cut))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, cutStrings(part, max, [...steps, key], cut)]),
  )
}

type Heavy = { list: Json[]; steps: (string | number)[] }

// The list nearest to the top that can be shortened: its parents are larger, but may have one item only.
function heaviestList(value: Json, steps: (string | number)[] = []): Heavy | undefined {
  if (value === null || typeof value !== 'object') return undefined
  if (Array.isArray(value) && value.length > 1) return { list: value, steps }
  const parts: [string | number, Json][] = Array.isArray(value)
    ? value.map((part, index) => [index, part])
    : Object.entries(value)
  return parts
    .map(([step, part]) => ({ found: heaviestList(part, [...steps, step]), size: sizeOf(part) }))
    .filter(each => each.found !== undefined)
    .toSorted((a, b) => b.size - a.size)[0]?.found
}

function shorten(list: Json[], excess: number, newestAt: 'start' | 'end'): Json[] {
  const newestFirst = newestAt === 'start' ? list : list.toReversed()
  let budget = sizeOf(list) - excess
  const kept = newestFirst.filter((item, index) => {
    budget -= sizeOf(item) + 1
    return budget > 0 || index === 0
  })
  return newestAt === 'start' ? kept : kept.toReversed()
}

function replaceAt(value: Json, [step, ...rest]: (string | number)[], part: Json): Json {
  if (step === undefined) return part
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? replaceAt(item, rest, part) : item))
  if (value === null || typeof value !== 'object') return value
  return { ...value, [step]: replaceAt(value[step] ?? null, rest, part) }
}

function sizeOf(value: Json): number {
  return JSON.stringify(value).length
}

// A cut through a surrogate pair would leave half a character.
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.slice(0, -1)
}
