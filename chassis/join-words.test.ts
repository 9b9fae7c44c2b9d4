import { expect, test } from 'vitest'
import { joinWords } from './join-words.ts'

test('the last two words are joined by "and", without a comma before it', () => {
  expect([['a'], ['a', 'b'], ['a', 'b', 'c']].map(joinWords)).toEqual(['a', 'a and b', 'a, b and c'])
})
