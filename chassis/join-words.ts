const LIST = new Intl.ListFormat('en-GB')

/** Words as a list in a sentence: `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  return LIST.format(words)
}
