import { expect, it } from 'vitest'
import { formatCount, formatDuration } from './format.ts'

it.each([
  [0, '0 min'],
  [59, '59 s'],
  [60, '1 min'],
  [3_600, '1 h'],
  [3_960, '1 h 6 min'],
  [250 * 3_600, '250 h'],
  [1_250 * 3_600 + 59, '1,250 h'],
])('formats %d s as %s', (seconds, text) => {
  expect(formatDuration(seconds).replaceAll('\u00a0', ' ')).toBe(text)
})

it('keeps a number on the line of its unit', () => {
  expect(formatDuration(3_960).split(' ')).toEqual(['1\u00a0h', '6\u00a0min'])
})

it.each([
  [1, '1 change'],
  [0, '0 changes'],
  [1_240, '1,240 changes'],
])('counts %d', (number, text) => {
  expect(formatCount(number, 'change')).toBe(text)
})
