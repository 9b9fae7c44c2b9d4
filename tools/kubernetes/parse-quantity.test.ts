import { expect, test } from 'vitest'
import { parseQuantity } from './parse-quantity.ts'

test.each([
  ['250m', 0.25],
  ['2', 2],
  ['64Mi', 67_108_864],
  ['1G', 1e9],
  ['1e3', 1_000],
  ['1.5Gi', 1_610_612_736],
  ['128974848', 128_974_848],
  ['5E', 5e18],
  [3, 3],
])('%s is %d', (quantity, value) => {
  expect(parseQuantity(quantity)).toBe(value)
})

test('an invalid quantity is NaN', () => {
  for (const text of ['', 'lots', '5Mb', '1Zi', '--1', undefined]) expect(parseQuantity(text)).toBeNaN()
})
