/** Returns the places in a sample where a value stands, but not the sample itself. */
export function pathsIn(value: unknown, path: string[] = []): string[][] {
  const own = path.length === 0 ? [] : [path]
  if (typeof value !== 'object' || value === null) return own
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))]
}

/** Returns the JSON of a sample with other texts at some of its places. They need not be JSON. */
export function replaceAll(sample: unknown, places: { path: string[]; json: string }[]): string {
  const copy = structuredClone(sample)
  const markOf = (index: number) => `the-place-of-hostile-value-${index}`
  for (const [index, { path }] of places.entries()) {
    let at = copy as Record<string, unknown>
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
    at[path.at(-1) ?? ''] = markOf(index)
  }
  return places.reduce(
    (text, { json }, index) => text.replace(`"${markOf(index)}"`, () => json),
    JSON.stringify(copy),
  )
}
