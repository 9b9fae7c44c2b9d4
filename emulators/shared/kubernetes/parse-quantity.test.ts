import { expect, test } from 'vitest'
import { parseQuantity } from './parse-quantity.ts'

test.each([
  ['250m', 0.25],
  ['64Mi', 64 * 1024 * 1024],
  ['1.5Gi', 1.5 * 1024 ** 3],
  ['2G', 2e9],
  ['1e3', 1000],
  ['12E', 12e18],
  ['100n', 1e-7],
  ['0', 0],
  [' 3 ', 3],
  [4, 4],
])('reads %j as %j', (quantity, number) => {
  expect(parseQuantity(quantity)).toBe(number)
})

test.each(['', 'm', '1 Mi', '1mi', '1e3Mi', '1Ki2', 'abc', '--1'])('%j is not a quantity', quantity => {
  expect(parseQuantity(quantity)).toBeNaN()
})
