import { readFileSync } from 'node:fs'

const MIN_CHARACTERS = 8
const MAX_CHARACTERS = 128

// Read once at the start: the 18,000 most common passwords. README.md names their source.
const COMMON = new Set(
  readFileSync(new URL('common-passwords.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean),
)

/**
 * Returns what a new password must be instead ("at least 8 characters long"), or undefined if it is acceptable. Length
 * and a list of common passwords decide; composition rules are absent on purpose (ASVS 5.0, 6.2.1, 6.2.4, 6.2.5, 6.2.9).
 */
export function validatePassword(password: string, email: string): string | undefined {
  const length = [...password].length
  if (length < MIN_CHARACTERS) return `at least ${MIN_CHARACTERS} characters long`
  if (length > MAX_CHARACTERS) return `at most ${MAX_CHARACTERS} characters long`
  const plain = password.toLowerCase()
  if (COMMON.has(plain) || isOneCharacter(plain)) return 'less common: attackers try this one first'
  if (plain === email || plain === email.split('@')[0]) return 'different from your email address'
  return undefined
}

function isOneCharacter(text: string): boolean {
  return new Set(text).size === 1
}
