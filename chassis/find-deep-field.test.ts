import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findDeepField } from './find-deep-field.ts'

const nested = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels)

test('names the field that is too deep, and nothing that only looks deep', () => {
  expect(findDeepField(`{"name":"x","note":${nested(64)}}`, 64)).toBe('note')
  expect(
    findDeepField(`{"ops":[{"value":1},{"value":${nested(70, '{"a":', '}').replace('}', '1}')}}]}`, 64),
  ).toBe('ops.1.value')
  expect(findDeepField(nested(65), 64)).toBe('(body)')
  expect(findDeepField(nested(64), 64)).toBeUndefined()
  expect(findDeepField(JSON.stringify({ '[[{"\\': nested(500), '\\': '\\"[[[' }), 2)).toBeUndefined()
  expect(findDeepField(JSON.stringify(Array(1_000).fill([{}])), 3)).toBeUndefined()
})

test('finds a field exactly where the parsed value is deeper than the limit', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), fc.integer({ min: 1, max: 8 }), (json, limit) => {
      expect(findDeepField(json, limit) !== undefined).toBe(depthOf(JSON.parse(json)) > limit)
    }),
  )
})

test('reads any text to its end, well-formed or not', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ':', ',', 'a') }), text => {
      findDeepField(text, 2)
    }),
  )
  expect(findDeepField(`"${'\\\\'.repeat(1_000_000)}`, 64)).toBeUndefined()
  expect(findDeepField('[{"a":'.repeat(1_000_000), 64)).toBeTypeOf('string')
})

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
