const LIST = new Intl.ListFormat('en-GB')

/** Joins words into a list for a sentence: `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  return LIST.format(words)
}
