import type { Cut } from './evidence.ts'
import type { Json } from './json.ts'
import type { LimitedJson } from './parse-json.ts'
import { rebuildJson } from './rebuild-json.ts'
import type { Steps } from './slices/run-in-slices.ts'

type Limits = {
  /** Characters of one string. */
  stringChars: number
  /** Characters of the whole as JSON. A list or object counts as at least ten, because an empty one takes memory too. */
  totalChars: number
}
type Step = string | number
/** The characters of each list and object. */
type Sizes = Map<object, number>

/**
 * Truncates a JSON value in steps, and returns what was left out. Strings lose their end; the longest lists lose the items at the
 * end that is not the newest, and objects of many fields the largest. A value that is still too large is null.
 */
export function* truncateJsonInSteps(
  value: Json,
  { stringChars, totalChars }: Limits,
  newestAt: 'start' | 'end' = 'start',
): Steps<LimitedJson> {
  const short = yield* rebuildJson(value, {
    text: (text, { path }, cut) => {
      if (text.length <= stringChars) return text
      cut.push({ path: path(), unit: 'characters', kept: stringChars, total: text.length })
      return `${wellFormed(text.slice(0, stringChars))}…`
    },
  })
  const sizes = yield* measure(short.value)
  const fitting = yield* fitLists(short.value, sizes, totalChars, newestAt, [])
  const isFitting = sizeOf(fitting.value, sizes) <= totalChars
  return { value: isFitting ? fitting.value : null, cut: [...short.cut, ...fitting.cut] }
}

function* fitLists(
  value: Json,
  sizes: Sizes,
  totalChars: number,
  newestAt: 'start' | 'end',
  path: readonly Step[],
): Steps<LimitedJson> {
  const cut: Cut[] = []
  let fitting = value
  // Each turn shortens the largest list; a list of long lists may need several turns.
  for (let turn = 0; turn < 20 && sizeOf(fitting, sizes) > totalChars; turn += 1) {
    yield
    const heaviest = heaviestList(fitting, sizes)
    if (heaviest === undefined) break
    const { list, steps } = heaviest
    const here = [...path, ...steps]
    const excess = sizeOf(fitting, sizes) - totalChars
    const kept = Array.isArray(list)
      ? yield* shortenList(list, excess)
      : yield* dropLargestFields(list, sizes, excess)
    const [left, total] = [countOf(kept), countOf(list)]
    if (left < total) cut.push({ path: here.join('.').slice(0, 500), unit: 'items', kept: left, total })
    fitting = replaceAt(fitting, steps, kept, sizes)

    // One huge item must not crowd out all the others.
    function* shortenList(items: Json[], tooMuch: number): Steps<Json[]> {
      const slim: Json[] = []
      let saved = 0
      for (const [index, item] of items.entries()) {
        const size = sizeOf(item, sizes)
        if (size <= totalChars / 4 || saved >= tooMuch) {
          slim.push(item)
          continue
        }
        const fitted = yield* fitLists(item, sizes, Math.max(totalChars / 4, size - tooMuch), newestAt, [
          ...here,
          index,
        ])
        cut.push(...fitted.cut)
        saved += size - sizeOf(fitted.value, sizes)
        slim.push(fitted.value)
      }
      sizes.set(slim, sizeOf(items, sizes) - saved)
      return saved >= tooMuch ? slim : yield* shorten(slim, sizes, tooMuch - saved, newestAt)
    }
  }
  return { value: fitting, cut }
}

// An object with more fields is a collection, not a structure, which is understandable only as a whole.
const STRUCTURE_FIELDS = 50

type Heavy = { list: Json[] | Record<string, Json>; steps: Step[] }

// The list nearest to the top that can be shortened: its parents are larger, but may have one item only.
function heaviestList(value: Json, sizes: Sizes, steps: Step[] = []): Heavy | undefined {
  if (value === null || typeof value !== 'object') return undefined
  if (countOf(value) > (Array.isArray(value) ? 1 : STRUCTURE_FIELDS)) return { list: value, steps }
  const parts: [Step, Json][] = Array.isArray(value)
    ? value.map((part, index) => [index, part])
    : Object.entries(value)
  return parts
    .map(([step, part]) => ({
      found: heaviestList(part, sizes, [...steps, step]),
      size: sizeOf(part, sizes),
    }))
    .filter(each => each.found !== undefined)
    .toSorted((a, b) => b.size - a.size)[0]?.found
}

function* shorten(list: Json[], sizes: Sizes, excess: number, newestAt: 'start' | 'end'): Steps<Json[]> {
  const newestFirst = newestAt === 'start' ? list : list.toReversed()
  const kept: Json[] = []
  let budget = sizeOf(list, sizes) - excess
  let keptChars = 1
  for (const [index, item] of newestFirst.entries()) {
    if (index % 500 === 499) yield
    const size = sizeOf(item, sizes) + 1
    budget -= size
    if (budget <= 0 && index > 0) continue
    kept.push(item)
    keptChars += size
  }
  const inOrder = newestAt === 'start' ? kept : kept.toReversed()
  sizes.set(inOrder, keptChars)
  return inOrder
}

function* dropLargestFields(
  object: Record<string, Json>,
  sizes: Sizes,
  excess: number,
): Steps<Record<string, Json>> {
  let saved = 0
  const dropped = new Set<string>()
  const fields: { name: string; size: number }[] = []
  for (const [name, part] of Object.entries(object)) {
    if (fields.length % 500 === 499) yield
    fields.push({ name, size: sizeOf(part, sizes) })
  }
  for (const { name, size } of fields.toSorted((a, b) => b.size - a.size).slice(0, -1)) {
    if (saved >= excess) break
    saved += size + JSON.stringify(name).length + 2
    dropped.add(name)
  }
  yield
  const kept = Object.fromEntries(Object.entries(object).filter(([name]) => !dropped.has(name)))
  sizes.set(kept, sizeOf(object, sizes) - saved)
  return kept
}

function replaceAt(value: Json, [step, ...rest]: Step[], part: Json, sizes: Sizes): Json {
  if (step === undefined) return part
  if (value === null || typeof value !== 'object') return value
  const before = (value as Record<Step, Json>)[step] ?? null
  const after = replaceAt(before, rest, part, sizes)
  const copy = Array.isArray(value)
    ? value.map((item, index) => (index === step ? after : item))
    : { ...value, [step]: after }
  sizes.set(copy, sizeOf(value, sizes) - sizeOf(before, sizes) + sizeOf(after, sizes))
  return copy
}

/** Measures every list and object once. */
function* measure(value: Json): Steps<Sizes> {
  const sizes: Sizes = new Map()
  const open: { part: object; size: number; children: Iterator<[string | null, Json]> }[] = []
  const enter = (part: object) => open.push({ part, size: 1, children: childrenOf(part) })
  if (value !== null && typeof value === 'object') enter(value)
  for (let steps = 1; open.length > 0; steps += 1) {
    if (steps % 500 === 0) yield
    const frame = open.at(-1)
    const next = frame?.children.next()
    if (frame === undefined || next === undefined) break
    if (next.done) {
      open.pop()
      const size = Math.max(frame.size + (frame.size === 1 ? 1 : 0), MIN_CHARS)
      sizes.set(frame.part, size)
      const parent = open.at(-1)
      if (parent !== undefined) parent.size += size
    } else {
      const [name, child] = next.value
      frame.size += 1 + (name === null ? 0 : JSON.stringify(name).length + 1)
      if (child !== null && typeof child === 'object') enter(child)
      else frame.size += JSON.stringify(child).length
    }
  }
  return sizes
}

const MIN_CHARS = 10

function* childrenOf(part: object): Generator<[string | null, Json], void> {
  if (Array.isArray(part)) for (const item of part) yield [null, item]
  else for (const name of Object.keys(part)) yield [name, (part as Record<string, Json>)[name] ?? null]
}

function sizeOf(value: Json, sizes: Sizes): number {
  if (value === null || typeof value !== 'object') return JSON.stringify(value).length
  return sizes.get(value) ?? MIN_CHARS
}

function countOf(list: object): number {
  return Array.isArray(list) ? list.length : Object.keys(list).length
}

// A cut through a surrogate pair would leave half a character.
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.slice(0, -1)
}
