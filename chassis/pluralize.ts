/** Formats a number with its noun: `1 pod`, `2 pods`, `0 pods`. Pass the plural if it is not the noun plus `s`. */
export function pluralize(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}
