/** Text from alerts, logs and commits, safe for a terminal: one line, control and direction characters shown as escapes. */
export function plain(text: string): string {
  return text.replace(
    /[\p{Cc}\u{2028}\u{2029}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{200e}\u{200f}]/gu,
    character =>
      character === '\n' ? ' ' : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
