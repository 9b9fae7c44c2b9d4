// Control characters, line breaks, and the marks that turn the direction of text or hide in it.
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu
const LONGEST = 180

/** Somebody else's text as one harmless line of at most 180 characters, in quotation marks. */
export function quote(text: string): string {
  const line = text.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim()
  return `“${line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line}”`
}
