// Control and formatting characters: escape sequences for terminals, marks that turn text round, and what can not be seen.
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu
// Everything that Markdown or the HTML inside it gives a meaning to, and the dot of an autolinked host.
const MEANING = /[\\`*_{}[\]()<>#+!|~&@$]/g

/** Somebody else's text as one line that Markdown shows as it is: no links, images, HTML, headings, tables or mentions. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(UNSEEN, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(MEANING, character => `\\${character}`)
    .replace(/:\/\//g, ':\\//')
    .replace(/^([-=]|\d+\.)/, '\\$1')
}
