/** A number with its noun, for people: `1 pod`, `2 pods`, `0 pods`. Give the plural where it is not the noun plus `s`. */
export function pluralize(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}
