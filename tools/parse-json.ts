import type { Cut } from './evidence.ts'
import type { Json } from './json.ts'
import { LIMITS } from './limits.ts'
import {
  CODES,
  findNumberEnd,
  findStringEnd,
  skipItems,
  skipOpen,
  skipSpace,
  unexpectedText,
} from './scan-json.ts'
import { runAtOnce, type Steps } from './slices/run-in-slices.ts'

export type JsonLimits = { depth: number; values: number; items: number; nameChars: number }
export type LimitedJson = { value: Json; cut: Cut[] }

/** The name of a field or index of an item, and what is inside of it so far. */
type Frame = {
  step: string | number
  list: Json[] | null
  fields: Record<string, Json>
  name: string
  kept: number
}

// More entries about nesting than this nobody reads; the marker is in every place in any case.
const MAX_LEVEL_CUTS = 20
const MAX_PATH_CHARS = 500

/** The marker that replaces a value that is nested too deeply. */
export function tooDeep(depth: number): string {
  return `[cut: nested deeper than ${depth}]`
}

/** Parses short JSON text within limits; throws a SyntaxError for what is not JSON. */
export function parseJson(text: string, limits: JsonLimits = LIMITS): LimitedJson {
  return runAtOnce(parseJsonInSteps(text, limits))
}

/**
 * Parses JSON text from another system, in steps, with limited memory and depth. `JSON.parse`
 * takes up to 110 ns for the three bytes `[],` and cannot be interrupted, and its result may be too deep for any
 * recursive function. Here a value nested too deeply becomes a marker, and the list that exceeds the limit of values ends with its
 * last complete item. Throws a SyntaxError for what is not JSON, and a RangeError if even the rest has too many values.
 */
export function* parseJsonInSteps(text: string, limits: JsonLimits = LIMITS): Steps<LimitedJson> {
  const cut: Cut[] = []
  const stack: Frame[] = []
  let at = 0
  let budget = limits.values
  let hasReserve = true
  let steps = 0
  let levelCuts = 0

  for (;;) {
    steps += 1
    if (steps % 500 === 0) yield
    let value: Json
    const code = nextCode()
    const isFull = (stack.at(-1)?.kept ?? 0) >= limits.items
    budget -= 1
    if (budget < 0 || isFull) {
      value = yield* endList(isFull ? stack.length - 1 : listToEnd())
    } else if (code === CODES.bracket || code === CODES.brace) {
      if (stack.length >= limits.depth) value = yield* cutLevels()
      else {
        stack.push(openFrame(code === CODES.bracket))
        at += 1
        const isEmpty = nextCode() === (code === CODES.bracket ? CODES.closeBracket : CODES.closeBrace)
        if (!isEmpty) {
          if (code === CODES.brace) readName()
          continue
        }
        at += 1
        value = closeFrame()
      }
    } else value = readScalar(code)

    for (;;) {
      const frame = stack.at(-1)
      if (frame === undefined) {
        nextCode()
        if (at < text.length) throw unexpected()
        return { value, cut }
      }
      add(frame, value)
      const separator = nextCode()
      at += 1
      if (separator === CODES.comma) {
        if (frame.list === null) readName()
        break
      }
      if (separator !== (frame.list === null ? CODES.closeBrace : CODES.closeBracket))
        throw unexpected(at - 1)
      value = closeFrame()
    }
  }

  /** Skips white space and returns the character after it, NaN at the end. */
  function nextCode(): number {
    at = skipSpace(text, at)
    return text.charCodeAt(at)
  }

  function openFrame(isList: boolean): Frame {
    const parent = stack.at(-1)
    const step = parent === undefined ? '' : stepIn(parent)
    return { step, list: isList ? [] : null, fields: {}, name: '', kept: 0 }
  }

  function closeFrame(): Json {
    const frame = stack.pop()
    return frame?.list ?? frame?.fields ?? null
  }

  function readName(): void {
    const frame = stack.at(-1)
    if (nextCode() !== CODES.quote || frame === undefined) throw unexpected()
    const name = readString()
    frame.name = name
    if (name.length > limits.nameChars) {
      frame.name = `${name.slice(0, limits.nameChars).toWellFormed()}…`
      cut.push({ path: pathOf(stack.length), unit: 'characters', kept: limits.nameChars, total: name.length })
    }
    if (nextCode() !== CODES.colon) throw unexpected()
    at += 1
  }

  function readScalar(code: number): Json {
    if (code === CODES.quote) return readString()
    if (code === CODES.t) return readWord('true', true)
    if (code === CODES.f) return readWord('false', false)
    if (code === CODES.n) return readWord('null', null)
    const start = at
    at = findNumberEnd(text, start)
    return JSON.parse(text.slice(start, at)) as number
  }

  function readWord(word: string, value: Json): Json {
    if (!text.startsWith(word, at)) throw unexpected()
    at += word.length
    return value
  }

  function readString(): string {
    const start = at
    at = findStringEnd(text, at)
    const raw = text.slice(start, at)
    // V8 makes a longer slice a view, which would keep the whole response in memory as long as one word of it is referenced.
    const isCopied = raw.length < 13 && !/[\\\p{Cc}]/u.test(raw)
    return isCopied ? raw.slice(1, -1) : (JSON.parse(raw) as string)
  }

  function* cutLevels(): Steps<Json> {
    const depth = stack.length
    const { end, deepest } = yield* skipOpen(text, at + 1, 1)
    at = end
    levelCuts += 1
    if (levelCuts <= MAX_LEVEL_CUTS) {
      const path = pathOf(depth, true)
      cut.push({ path, unit: 'levels', kept: limits.depth, total: depth + deepest })
    }
    return tooDeep(limits.depth)
  }

  /** The outermost list that has a complete item; if there is none, the list or object with the most entries. */
  function listToEnd(): number {
    const outer = stack.findIndex(({ list, kept }) => list !== null && kept > 0)
    if (outer !== -1) return outer
    const most = Math.max(...stack.map(({ kept }) => kept))
    return stack.findIndex(({ kept }) => kept === most)
  }

  /** Ends a list before its limit: drops its unfinished item, and counts what would have followed. */
  function* endList(index: number): Steps<Json> {
    const frame = stack[index]
    if (frame === undefined) throw new RangeError('too many values')
    if (budget < 0) {
      if (!hasReserve) throw new RangeError(`more than ${limits.values} values`)
      hasReserve = false
      budget = limits.values / 5
    }
    const inner = yield* skipOpen(text, at, stack.length - 1 - index)
    stack.length = index + 1
    const { end, count } = yield* skipItems(text, inner.end)
    const total = frame.kept + count
    cut.push({ path: pathOf(stack.length), unit: 'items', kept: frame.kept, total })
    at = end + 1
    return closeFrame()
  }

  function pathOf(depth: number, isChild = false): string {
    const names = stack.slice(1, depth).map(({ step }) => step)
    const last = stack[depth - 1]
    const child = isChild && last !== undefined ? [stepIn(last)] : []
    return [...names, ...child].join('.').slice(0, MAX_PATH_CHARS)
  }

  function unexpected(position = at): SyntaxError {
    return unexpectedText(position)
  }
}

function stepIn({ list, name, kept }: Frame): string | number {
  return list === null ? name : kept
}

function add(frame: Frame, value: Json): void {
  frame.kept += 1
  if (frame.list !== null) frame.list.push(value)
  // An assignment would change the prototype instead.
  else if (frame.name === '__proto__')
    Object.defineProperty(frame.fields, frame.name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  else frame.fields[frame.name] = value
}
