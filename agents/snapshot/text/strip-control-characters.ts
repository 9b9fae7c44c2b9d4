import { toSingleLine } from './to-single-line.ts'

/** The same value with every text in it on one line and without control characters: names and messages come from outside. */
export function stripControlCharacters<T>(value: T): T {
  return cleanValue(value) as T
}

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return toSingleLine(value, 1_000)
  if (Array.isArray(value)) return value.map(cleanValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, cleanValue(part)]))
}
