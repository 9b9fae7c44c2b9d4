import { toSingleLine } from './to-single-line.ts'

/** The same value with every text in it on one line and without control characters: names and messages are others' text. */
export function stripControlCharacters<T>(value: T): T {
  return cleaned(value) as T
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return toSingleLine(value, 1_000)
  if (Array.isArray(value)) return value.map(cleaned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, cleaned(part)]))
}
