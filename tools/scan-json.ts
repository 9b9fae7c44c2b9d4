import type { Steps } from './slices/run-in-slices.ts'

/** Character codes of JSON's syntax. */
export const CODES = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  backslash: 0x5c,
  bracket: 0x5b,
  closeBracket: 0x5d,
  brace: 0x7b,
  closeBrace: 0x7d,
  t: 0x74,
  f: 0x66,
  n: 0x6e,
} as const

/** The position of the first character from here on that is not white space. */
export function skipSpace(text: string, start: number): number {
  let at = start
  let code = text.charCodeAt(at)
  while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
    at += 1
    code = text.charCodeAt(at)
  }
  return at
}

/** The position behind the number that begins here; throws a SyntaxError if none does. */
export function findNumberEnd(text: string, start: number): number {
  let at = start
  while (isNumeric(text.charCodeAt(at)) && at - start < MAX_DIGITS) at += 1
  if (at === start || at - start === MAX_DIGITS) throw unexpectedText(at)
  return at
}

// Only 17 digits of a number are significant.
const MAX_DIGITS = 1_000

function isNumeric(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x2b ||
    code === 0x2e ||
    (code | 0x20) === 0x65
  )
}

/** The position behind the string that begins at this quote; throws a SyntaxError if it has no end. */
export function findStringEnd(text: string, start: number): number {
  const quote = text.indexOf('"', start + 1)
  if (quote === -1) throw new SyntaxError(`The text at position ${start} has no end.`)
  if (text.charCodeAt(quote - 1) !== CODES.backslash) return quote + 1
  // The quote may be escaped, or the backslash before it.
  let at = start + 1
  for (let code = text.charCodeAt(at); code !== CODES.quote; code = text.charCodeAt(at)) {
    if (Number.isNaN(code)) throw new SyntaxError(`The text at position ${start} has no end.`)
    at += code === CODES.backslash ? 2 : 1
  }
  return at + 1
}

/** Skips past the end of this many open lists or objects; returns the position behind it and how deep they were nested. */
export function* skipOpen(
  text: string,
  start: number,
  open: number,
): Steps<{ end: number; deepest: number }> {
  let at = start
  let depth = open
  let deepest = open
  let skipped = 0
  while (depth > 0) {
    skipped += 1
    if (skipped % CHARS_PER_STEP === 0) yield
    const code = text.charCodeAt(at)
    if (code === CODES.quote) {
      at = findStringEnd(text, at)
      continue
    }
    if (Number.isNaN(code)) throw unexpectedText(at)
    if (code === CODES.brace || code === CODES.bracket) {
      depth += 1
      deepest = Math.max(deepest, depth)
    } else if (code === CODES.closeBrace || code === CODES.closeBracket) depth -= 1
    at += 1
  }
  return { end: at, deepest }
}

/** Counts the items up to the end of the list whose item begins here; returns the position of that end. */
export function* skipItems(text: string, start: number): Steps<{ end: number; count: number }> {
  let at = start
  let count = 1
  for (let depth = 0, skipped = 1; ; skipped += 1) {
    if (skipped % CHARS_PER_STEP === 0) yield
    const code = text.charCodeAt(at)
    if (code === CODES.quote) {
      at = findStringEnd(text, at)
      continue
    }
    if (Number.isNaN(code)) throw unexpectedText(at)
    if (code === CODES.brace || code === CODES.bracket) depth += 1
    else if (code === CODES.closeBrace || code === CODES.closeBracket) depth -= 1
    else if (code === CODES.comma && depth === 0) count += 1
    if (depth < 0) return { end: at, count }
    at += 1
  }
}

const CHARS_PER_STEP = 20_000

/** The error of what is not JSON. */
export function unexpectedText(position: number): SyntaxError {
  return new SyntaxError(`The text is not JSON at position ${position}.`)
}
