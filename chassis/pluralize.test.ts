import { expect, test } from 'vitest'
import { pluralize } from './pluralize.ts'

test('only a count of one takes the singular', () => {
  expect([0, 1, 2].map(count => pluralize(count, 'pod'))).toEqual(['0 pods', '1 pod', '2 pods'])
  expect([1, 3].map(count => pluralize(count, 'reply', 'replies'))).toEqual(['1 reply', '3 replies'])
})
