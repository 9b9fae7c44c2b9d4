import { expect, it } from 'vitest'
import { escapeForTerminal } from './escape-for-terminal.ts'

it('escapes what would move the cursor, change colours or reverse the line', () => {
  expect(escapeForTerminal('a\u001b[2Jb\rc\u202ed\ne')).toBe('a\\u001b[2Jb\\u000dc\\u202ed e')
})
