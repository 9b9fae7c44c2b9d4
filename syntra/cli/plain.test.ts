import { expect, it } from 'vitest'
import { plain } from './plain.ts'

it('shows what would move the cursor, change colours or turn the line around', () => {
  expect(plain('a\u001b[2Jb\rc\u202ed\ne')).toBe('a\\u001b[2Jb\\u000dc\\u202ed e')
})
