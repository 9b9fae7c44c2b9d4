import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findJsonExcess } from './find-json-excess.ts'

const nested = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels)

function findDeepField(json: string, maxDepth: number) {
  return findJsonExcess(Buffer.from(json), { maxDepth, maxValues: Number.POSITIVE_INFINITY })?.field
}

test('names the field that is too deep, and nothing that only looks deep', () => {
  expect(findDeepField(`{"name":"x","note":${nested(64)}}`, 64)).toBe('note')
  expect(
    findDeepField(`{"ops":[{"value":1},{"value":${nested(70, '{"a":', '}').replace('}', '1}')}}]}`, 64),
  ).toBe('ops.1.value')
  expect(findDeepField(nested(65), 64)).toBe('(body)')
  expect(findDeepField(`{"يوم":1,"ملاحظة":${nested(64)}}`, 64)).toBe('ملاحظة')
  expect(findDeepField(nested(64), 64)).toBeUndefined()
  expect(findDeepField(JSON.stringify({ '[[{"\\': nested(500), '\\': '\\"[[[' }), 2)).toBeUndefined()
  expect(findDeepField(JSON.stringify(Array(1_000).fill([{}])), 3)).toBeUndefined()
})

test('finds an excess exactly where the parsed value is deeper or has more values than the limit', () => {
  const json = fc.tuple(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(0, 1, 2))
  const limits = fc.record({
    maxDepth: fc.integer({ min: 1, max: 8 }),
    maxValues: fc.integer({ min: 1, max: 30 }),
  })
  fc.assert(
    fc.property(json, limits, ([value, indent], { maxDepth, maxValues }) => {
      const bytes = Buffer.from(JSON.stringify(value, null, indent))
      const unlimited = Number.POSITIVE_INFINITY
      expect(findJsonExcess(bytes, { maxDepth, maxValues: unlimited })?.limit).toBe(
        depthOf(value) > maxDepth ? 'depth' : undefined,
      )
      expect(findJsonExcess(bytes, { maxDepth: unlimited, maxValues })?.limit).toBe(
        valuesOf(value) > maxValues ? 'values' : undefined,
      )
    }),
    { numRuns: 300 },
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

function valuesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((total: number, inner) => total + valuesOf(inner), 1)
}
