import type { Json } from '@goalixa/tools/json'
import { mapStrings } from '@goalixa/tools/map-strings'

/** The same JSON without what PostgreSQL's jsonb cannot store: in values and names, NULs and lone surrogates become U+FFFD. */
export function sanitizeForJsonb<T>(value: T): T {
  const text = JSON.stringify(value)
  const json = JSON.parse(text) as Json
  // Most values contain neither, and rebuilding a megabyte of evidence would block the event loop noticeably.
  return (HARMFUL_ESCAPE.test(text) ? mapStrings(json, sanitizeTextForPostgres) : json) as T
}

// How `JSON.stringify` writes a NUL and half of a surrogate pair; the text `\\u0000` is a false alarm.
const HARMFUL_ESCAPE = /\\u(?:0000|d[89a-f])/

/** The same for one text. */
export function sanitizeTextForPostgres(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD')
}
