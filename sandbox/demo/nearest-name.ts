/** The name that somebody probably meant: the one with the fewest letters to change, if they are few. */
export function nearestName(wanted: string, names: string[]): string | undefined {
  const [best] = names
    .map(name => ({ name, distance: distanceOf(wanted, name) }))
    .toSorted((a, b) => a.distance - b.distance)
  return best && best.distance <= Math.max(2, wanted.length / 3) ? best.name : undefined
}

// Levenshtein's distance, one row of the table at a time.
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries())
      next.push(
        Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)),
      )
    row = next
  }
  return row[b.length] ?? 0
}
