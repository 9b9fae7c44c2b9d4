import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, digestInSteps, digestOf } from './canonical-json.ts'

test('equal values have equal text, whatever the order of their fields', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
    '{"a":true,"b":[1,{"c":"x","d":null}]}',
  )
  expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }))
})

test('values that differ in one place have different digests, even under an unusual key', () => {
  expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: '1' }))
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]))
  expect(digestOf(JSON.parse('{"__proto__":1}'))).not.toBe(digestOf({}))
  expect(digestOf({ at: new Date(0) })).not.toBe(digestOf({ at: new Date(1) }))
})

test('keys are sorted by UTF-16 code units, as in RFC 8785 section 3.2.3', () => {
  const keys = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6']
  expect(Object.keys(JSON.parse(canonicalJson(Object.fromEntries(keys.map(key => [key, 0])))))).toHaveLength(
    7,
  )
  expect(canonicalJson({ 9: 0, 10: 0 })).toBe('{"10":0,"9":0}')
  expect(canonicalJson({ '\ufb33': 0, '\u{1f600}': 0 })).toBe('{"\u{1f600}":0,"\ufb33":0}')
})

test('text that is not well-formed Unicode has a digest too', () => {
  expect(canonicalJson(['cut \ud83d', '\\ud83d', '\\\ud83d', '\u{1f600}'])).toBe(
    '["cut \ufffd","\\\\ud83d","\\\\\ufffd","\u{1f600}"]',
  )
})

test('a digest is SHA-256 in hex', () => {
  expect(digestOf(null)).toBe('74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b')
})

// Approvals and verdicts that version 0.1 stored carry digests of these two functions.
test('digests are those of version 0.1, for every JSON value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), value => {
      expect(digestOf(value)).toBe(sha256(approvalTextOf01(value)))
    }),
  )
  // Version 0.1 did not sort numeric keys of evidence as RFC 8785 does; no such digest is compared with a stored one.
  const key = fc.string().filter(text => !/^\d+$/.test(text))
  const { value: json } = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, false),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'binary' }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    ),
  }))
  fc.assert(
    fc.property(json, value => {
      expect(digestOf(value)).toBe(sha256(evidenceTextOf01(value)))
    }),
  )
})

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function approvalTextOf01(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(part => approvalTextOf01(part ?? null)).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).filter(([, part]) => part !== undefined)
  return `{${members
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${approvalTextOf01(part)}`)
    .join(',')}}`
}

function evidenceTextOf01(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    const record = part as Record<string, unknown>
    const copy: Record<string, unknown> = Object.create(null)
    for (const key of Object.keys(record).sort()) copy[key] = record[key]
    return copy
  })
}

test('the digest in steps is the digest', () => {
  const digestInOneGo = (value: unknown) => {
    const steps = digestInSteps(value)
    let step = steps.next()
    while (!step.done) step = steps.next()
    return step.value
  }
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const wellFormed = JSON.parse(JSON.stringify(value))
      expect(digestInOneGo(wellFormed)).toBe(digestOf(wellFormed))
    }),
  )
  const large = Array.from({ length: 5_000 }, (_, n) => ({ z: n, a: [[], {}, `£${n}`, null, -0, 1e21] }))
  expect(digestInOneGo(large)).toBe(digestOf(large))
})
