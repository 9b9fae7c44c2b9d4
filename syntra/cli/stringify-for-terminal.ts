// The Unicode categories Cf and Cc, except for the layout's line feeds: JSON itself escapes only the first 32 code points.
const STEERING = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** A value as JSON that is safe for a terminal: control characters and invisible ones become `\u` escapes. */
export function stringifyForTerminal(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(STEERING, escapeCharacter)
}

// A code point above the basic plane takes two escapes.
function escapeCharacter(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
