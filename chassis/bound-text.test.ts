import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundText } from './bound-text.ts'

test('a bounded text fits, is the text itself where that fits, and is stable when it is bounded again', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.integer({ min: 40, max: 300 }),
      (text, maxBytes) => {
        const bounded = boundText(text, maxBytes)
        expect(Buffer.byteLength(bounded)).toBeLessThanOrEqual(maxBytes)
        expect(bounded.includes('\uFFFD')).toBe(text.includes('\uFFFD') && bounded.includes('\uFFFD'))
        if (Buffer.byteLength(text) <= maxBytes) expect(bounded).toBe(text)
        expect(boundText(bounded, maxBytes)).toBe(bounded)
      },
    ),
  )
})

test('texts that differ only at the end stay different', () => {
  const long = 'é'.repeat(1_000_000)
  expect(boundText(`${long}a`, 253)).not.toBe(boundText(`${long}b`, 253))
})
