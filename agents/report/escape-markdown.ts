// Control and formatting characters: terminal escapes, bidirectional marks and invisible characters.
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu
// Every character that has a meaning in Markdown, or in the HTML inside it.
const MARKUP = /[\\`*_{}[\]()<>#+!|~&@$]/g

/** Text of others as one line that Markdown renders literally: no links, images, HTML, headings, tables or mentions. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(INVISIBLE, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .replace(MARKUP, character => `\\${character}`)
      // GitHub turns addresses, and hosts that begin with www, into links.
      .replace(/:\/\//g, ':\\//')
      .replace(/\b(www)\./gi, '$1\\.')
      .replace(/^([-=]|\d+\.)/, '\\$1')
  )
}
