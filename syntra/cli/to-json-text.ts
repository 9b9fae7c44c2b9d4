// Cf and Cc without the line feeds of the layout: JSON itself escapes only the first thirty-two.
const STEERING = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** A value as JSON that also a terminal may show: what would steer it, or can not be seen, is written as `\u` escapes. */
export function toJsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(STEERING, escaped)
}

// Above the basic plane an escape takes two code units.
function escaped(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
