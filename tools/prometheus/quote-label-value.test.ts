import { expect, it } from 'vitest'
import { quoteLabelPattern, quoteLabelValue } from './quote-label-value.ts'

it('keeps any value inside of its quotes', () => {
  expect(quoteLabelValue('core')).toBe('"core"')
  expect(quoteLabelValue('a"} or vector(1) #')).toBe('"a\\"} or vector(1) #"')
  expect(quoteLabelValue('\u0085')).toBe('"\\u0085"')
  expect(quoteLabelValue('back\\slash\nline')).toBe('"back\\\\slash\\u000aline"')
})

it('escapes text for a pattern', () => {
  expect(quoteLabelPattern('a.b|.*')).toBe('"a\\\\.b\\\\|\\\\.\\\\*"')
})
