const MAX_LENGTH = 1_000

/**
 * Text of alerts, logs and commits, safe for a terminal: one line of at most 1,000 characters, with control, direction and
 * invisible characters as escapes.
 */
export function escapeForTerminal(text: string): string {
  const line = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, character =>
    character === '\n' ? ' ' : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
