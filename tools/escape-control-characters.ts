/**
 * A text that cannot control a terminal or reverse a line: control characters, ANSI escapes, bidirectional and invisible
 * marks become visible escapes such as `\x1b`. Line feeds and tabs stay.
 */
export function escapeControlCharacters(text: string): string {
  return text.replace(CONTROL, character => {
    const code = character.codePointAt(0) ?? 0
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`
  })
}

// Cc controls, Cf bidirectional and invisible marks, Zl and Zp line breaks, Cs lone surrogates.
const CONTROL = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
