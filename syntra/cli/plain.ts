const LONGEST = 1_000

/**
 * Text from alerts, logs and commits, safe for a terminal: one line of at most 1,000 characters, in which control,
 * direction and invisible characters are shown as escapes.
 */
export function plain(text: string): string {
  const line = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, character =>
    character === '\n' ? ' ' : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
