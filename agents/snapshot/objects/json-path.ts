/** The value at a dotted path of JSON from another system, or undefined. Names that contain dots need `recordAt` first. */
export function fieldAt(from: unknown, path: string): unknown {
  let value = from
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}

/** The text at a path, or null if there is none. */
export function stringAt(from: unknown, path: string): string | null {
  const value = fieldAt(from, path)
  return typeof value === 'string' ? value : null
}

/** The finite number at a path, or null. */
export function numberAt(from: unknown, path: string): number | null {
  const value = fieldAt(from, path)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** The boolean at a path, or null. */
export function booleanAt(from: unknown, path: string): boolean | null {
  const value = fieldAt(from, path)
  return typeof value === 'boolean' ? value : null
}

/** The list at a path; empty where there is none. */
export function listAt(from: unknown, path: string): unknown[] {
  const value = fieldAt(from, path)
  return Array.isArray(value) ? value : []
}

/** The object at a path; empty where there is none. */
export function recordAt(from: unknown, path: string): Record<string, unknown> {
  const value = fieldAt(from, path)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

/** The text values of the object at a path, for example labels. */
export function stringMapAt(from: unknown, path: string): Record<string, string> {
  const entries = Object.entries(recordAt(from, path))
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
