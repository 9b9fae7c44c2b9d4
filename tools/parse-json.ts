import type { Cut } from './evidence.ts'
import type { Json } from './json.ts'
import { LIMITS } from './limits.ts'
import { runAtOnce, type Steps } from './slices/run-in-slices.ts'

export type JsonLimits = { depth: number; values: number; items: number; nameChars: number }
export type BoundedJson = { value: Json; cut: Cut[] }

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
export function parseJson(text: string, limits: JsonLimits = LIMITS): BoundedJson {
  return runAtOnce(parseJsonInSteps(text, limits))
}

/**
 * Parses JSON text from another system, in steps, with bounded memory and depth. `JSON.parse`
 * takes up to 110 ns for the three bytes `[],` and cannot be interrupted, and its result may be too deep for any
 * recursive function. Here a value nested too deeply becomes a marker, and the list that exceeds the limit of values ends with its
 * last complete item. Throws a SyntaxError for what is not JSON, and a RangeError if even the rest has too many values.
 */
export function* parseJsonInSteps(text: string, limits: JsonLimits = LIMITS): Steps<BoundedJson> {
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
    } else if (code === BRACKET || code === BRACE) {
      if (stack.length >= limits.depth) value = yield* cutLevels()
      else {
        stack.push(openFrame(code === BRACKET))
        at += 1
        const isEmpty = nextCode() === (code === BRACKET ? CLOSE_BRACKET : CLOSE_BRACE)
        if (!isEmpty) {
          if (code === BRACE) readName()
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
      if (separator === COMMA) {
        if (frame.list === null) readName()
        break
      }
      if (separator !== (frame.list === null ? CLOSE_BRACE : CLOSE_BRACKET)) throw unexpected(at - 1)
      value = closeFrame()
    }
  }

  /** Skips white space and returns the character after it, NaN at the end. */
  function nextCode(): number {
    let code = text.charCodeAt(at)
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      at += 1
      code = text.charCodeAt(at)
    }
    return code
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
    if (nextCode() !== QUOTE || frame === undefined) throw unexpected()
    const name = readString()
    frame.name = name
    if (name.length > limits.nameChars) {
      frame.name = `${name.slice(0, limits.nameChars).toWellFormed()}…`
      cut.push({ path: pathOf(stack.length), unit: 'characters', kept: limits.nameChars, total: name.length })
    }
    if (nextCode() !== COLON) throw unexpected()
    at += 1
  }

  function readScalar(code: number): Json {
    if (code === QUOTE) return readString()
    if (code === LETTER_T) return readWord('true', true)
    if (code === LETTER_F) return readWord('false', false)
    if (code === LETTER_N) return readWord('null', null)
    const start = at
    while (isNumeric(text.charCodeAt(at)) && at - start < MAX_DIGITS) at += 1
    if (at === start || at - start === MAX_DIGITS) throw unexpected()
    return JSON.parse(text.slice(start, at)) as number
  }

  function readWord(word: string, value: Json): Json {
    if (!text.startsWith(word, at)) throw unexpected()
    at += word.length
    return value
  }

  function readString(): string {
    const start = at
    at = endOfString(text, at)
    const raw = text.slice(start, at)
    // V8 makes a longer slice a view, which would keep the whole response in memory as long as one word of it is referenced.
    const isCopied = raw.length < 13 && !/[\\\p{Cc}]/u.test(raw)
    return isCopied ? raw.slice(1, -1) : (JSON.parse(raw) as string)
  }

  function* cutLevels(): Steps<Json> {
    const depth = stack.length
    at += 1
    const deepest = yield* skip(1)
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
    yield* skip(stack.length - 1 - index)
    stack.length = index + 1
    const skipped = yield* skipItems()
    const total = frame.kept + skipped
    cut.push({ path: pathOf(stack.length), unit: 'items', kept: frame.kept, total })
    at += 1
    return closeFrame()
  }

  /** Counts the items up to the end of the list whose item begins here. */
  function* skipItems(): Steps<number> {
    let count = 1
    for (let depth = 0, skipped = 1; ; skipped += 1) {
      if (skipped % 20_000 === 0) yield
      const code = text.charCodeAt(at)
      if (code === QUOTE) {
        at = endOfString(text, at)
        continue
      }
      if (Number.isNaN(code)) throw unexpected()
      if (code === BRACE || code === BRACKET) depth += 1
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1
      else if (code === COMMA && depth === 0) count += 1
      if (depth < 0) return count
      at += 1
    }
  }

  /** Skips past the end of this many open lists or objects; returns how deep they were nested. */
  function* skip(open: number): Steps<number> {
    let depth = open
    let deepest = open
    let skipped = 0
    while (depth > 0) {
      skipped += 1
      if (skipped % 20_000 === 0) yield
      const code = text.charCodeAt(at)
      if (code === QUOTE) {
        at = endOfString(text, at)
        continue
      }
      if (Number.isNaN(code)) throw unexpected()
      if (code === BRACE || code === BRACKET) {
        depth += 1
        deepest = Math.max(deepest, depth)
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1
      at += 1
    }
    return deepest
  }

  function pathOf(depth: number, isChild = false): string {
    const names = stack.slice(1, depth).map(({ step }) => step)
    const last = stack[depth - 1]
    const child = isChild && last !== undefined ? [stepIn(last)] : []
    return [...names, ...child].join('.').slice(0, MAX_PATH_CHARS)
  }

  function unexpected(position = at): SyntaxError {
    return new SyntaxError(`The text is not JSON at position ${position}.`)
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

/** The position behind the string that begins at this quote. */
function endOfString(text: string, start: number): number {
  const quote = text.indexOf('"', start + 1)
  if (quote === -1) throw new SyntaxError(`The text at position ${start} has no end.`)
  if (text.charCodeAt(quote - 1) !== BACKSLASH) return quote + 1
  // The quote may be escaped, or the backslash before it.
  let at = start + 1
  for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) {
    if (Number.isNaN(code)) throw new SyntaxError(`The text at position ${start} has no end.`)
    at += code === BACKSLASH ? 2 : 1
  }
  return at + 1
}

function isNumeric(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x2b ||
    code === 0x2e ||
    (code | 0x20) === 0x65
  )
}

// Only 17 digits of a number are significant.
const MAX_DIGITS = 1_000
const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c]
const [BRACKET, CLOSE_BRACKET, BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d]
const [LETTER_T, LETTER_F, LETTER_N] = [0x74, 0x66, 0x6e]
