// Control characters, line breaks, and the marks that turn the direction of text or hide in it.
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu

/** Somebody else's text as one line without anything that can not be seen, at most `longest` characters. */
export function toSingleLine(text: string, longest = 180): string {
  const line = text.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}
