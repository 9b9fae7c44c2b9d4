// Control and formatting characters: escape sequences for terminals, marks that turn text round, and what can not be seen.
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu
// Everything that Markdown or the HTML inside it gives a meaning to.
const MEANING = /[\\`*_{}[\]()<>#+!|~&@$]/g

/** Somebody else's text as one line that Markdown shows as it is: no links, images, HTML, headings, tables or mentions. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(UNSEEN, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .replace(MEANING, character => `\\${character}`)
      // What GitHub links by itself: an address, and a host that begins with www.
      .replace(/:\/\//g, ':\\//')
      .replace(/\b(www)\./gi, '$1\\.')
      .replace(/^([-=]|\d+\.)/, '\\$1')
  )
}
