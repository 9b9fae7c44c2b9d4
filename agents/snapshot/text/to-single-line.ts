// Control characters, line breaks, and the marks that change the direction of text or are invisible.
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu

/** Text from outside as one line without invisible characters, at most `maxLength` characters long. */
export function toSingleLine(text: string, maxLength = 180): string {
  const line = text.replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim()
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line
}
