// Cf and Cc without the line feeds of the layout: JSON itself escapes only the first thirty-two.
const STEERING = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** A value as JSON that is safe for a terminal: characters that would steer it, or are invisible, are `\u` escapes. */
export function stringifyForTerminal(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(STEERING, escapeCharacter)
}

// Above the basic plane an escape takes two code units.
function escapeCharacter(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
