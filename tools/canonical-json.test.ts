import { expect, it } from 'vitest'
import { canonicalJson, digestOf } from './canonical-json.ts'

it('gives equal text for values that are equal, in whatever order their fields are', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
    '{"a":true,"b":[1,{"c":"x","d":null}]}',
  )
  expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }))
})

it('tells values apart that differ in one place, also under an odd key', () => {
  expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: '1' }))
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]))
  expect(digestOf(JSON.parse('{"__proto__":1}'))).not.toBe(digestOf({}))
})

it('is SHA-256 in hex', () => {
  expect(digestOf(null)).toBe('74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b')
})
