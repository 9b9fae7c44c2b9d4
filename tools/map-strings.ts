import type { Json } from './json.ts'

/** Maps every string of a JSON value, keys too, through `change`; `key` is the field that a string is in. */
export function mapStrings(
  value: Json,
  change: (text: string, key: string | null) => string,
  key: string | null = null,
): Json {
  if (typeof value === 'string') return change(value, key)
  if (Array.isArray(value)) return value.map(item => mapStrings(item, change, key))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [change(name, null), mapStrings(part, change, name)]),
  )
}
