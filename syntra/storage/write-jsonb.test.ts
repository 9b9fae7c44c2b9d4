import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sanitizeForJsonb } from './sanitize-for-jsonb.ts'
import { writeJsonb } from './write-jsonb.ts'

it('writes what the sanitised value would be written as', () => {
  const text = fc.string({
    unit: fc.constantFrom('\\', 'u0000', '\u0000', '\ud83d', '\ude00', '"', 'd800', 'é'),
  })
  fc.assert(
    fc.property(fc.dictionary(text, fc.array(text)), value => {
      expect(JSON.parse(writeJsonb(value))).toEqual(sanitizeForJsonb(value))
    }),
  )
})
