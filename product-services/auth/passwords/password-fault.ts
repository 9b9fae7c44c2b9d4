import { readFileSync } from 'node:fs'

const MIN_CHARACTERS = 8
const MAX_CHARACTERS = 128

// Read once at the start: some 18,000 that people choose most. README.md says where they are from.
const COMMON = new Set(
  readFileSync(new URL('common-passwords.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean),
)

/**
 * What a new password would have to be instead, or undefined if it will do. Length and a list of common passwords
 * decide; rules of composition are absent on purpose (ASVS 5.0, 6.2.1, 6.2.4, 6.2.5, 6.2.9).
 */
export function passwordFault(password: string, email: string): string | undefined {
  const length = [...password].length
  if (length < MIN_CHARACTERS) return `at least ${MIN_CHARACTERS} characters long`
  if (length > MAX_CHARACTERS) return `at most ${MAX_CHARACTERS} characters long`
  const plain = password.toLowerCase()
  if (COMMON.has(plain) || isOneCharacter(plain))
    return 'less common: this one is among the first that are tried'
  if (plain === email || plain === email.split('@')[0]) return 'something else than your e-mail address'
  return undefined
}

function isOneCharacter(text: string): boolean {
  return new Set(text).size === 1
}
