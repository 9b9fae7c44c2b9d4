import { expect, test } from 'vitest'
import { counted } from './counted.ts'

test('one is said as one, and everything else, also nothing, as many', () => {
  expect([0, 1, 2].map(count => counted(count, 'pod'))).toEqual(['0 pods', '1 pod', '2 pods'])
  expect([1, 3].map(count => counted(count, 'reply', 'replies'))).toEqual(['1 reply', '3 replies'])
})
