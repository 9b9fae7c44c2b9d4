/** A number with its noun, for people: `1 pod`, `2 pods`, `0 pods`. The plural may be given where it is no `s`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}
