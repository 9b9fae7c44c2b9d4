import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from './parse-json.ts'

const small = { depth: 4, values: 100, items: 40, nameChars: 10 }

describe('JSON of another system', () => {
  it('means what JSON.parse says it means', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.nat(3), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent)
        expect(parseJson(spaced)).toEqual({ value: JSON.parse(spaced), cut: [] })
      }),
    )
  })

  it.each([
    '"\\u00e9\\n\\"\\\\"',
    '"\\\\"',
    '["\\\\\\\\","a"]',
    '-0',
    '1e999',
    '12345678901234567890',
    '"\\ud83d"',
    '{"__proto__":{"a":1},"constructor":2}',
    '{"a":1,"a":2}',
    ' [ ] ',
    '{ }',
    '[[],{},""]',
    '"£€😀"',
  ])('reads %s as JSON.parse does', text => {
    expect(parseJson(text).value).toEqual(JSON.parse(text))
    expect(Object.keys(parseJson(`[${text}]`).value as object)).toEqual(['0'])
  })

  it.each([
    '',
    '[',
    '[1',
    '[1,]',
    '[,1]',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    '{"a":1,}',
    '01',
    '1.',
    '+1',
    'tru',
    '[1}',
    '{"a":1]',
    '"a',
    '"a\nb"',
    '"\\x"',
    '1 2',
    '<html>',
    '\ufeff1',
    "'a'",
    'NaN',
  ])('rejects %j as JSON.parse does', text => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
    expect(() => parseJson(text)).toThrow(SyntaxError)
  })

  it('that is nested too deeply loses only what is too deep', () => {
    const deep = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`
    expect(parseJson(`{"a":1,"b":{"c":${deep}},"d":[2]}`, small)).toEqual({
      value: { a: 1, b: { c: [['[cut: nested deeper than 4]']] }, d: [2] },
      cut: [{ path: 'b.c.0.0', unit: 'levels', kept: 4, total: 100_002 }],
    })
  })

  it('has at most so many values: the list that is too long ends with a whole item, and the rest stays', () => {
    const items = Array.from({ length: 1_000 }, (_, n) => ({ n, of: [1, 2, 3, 4, 5] }))
    const { value, cut } = parseJson(
      JSON.stringify({ kind: 'List', items, metadata: { continue: 'x' } }),
      small,
    )
    expect(value).toEqual({ kind: 'List', items: items.slice(0, 12), metadata: { continue: 'x' } })
    expect(cut).toEqual([{ path: 'items', unit: 'items', kept: 12, total: 1_000 }])
  })

  it('has at most so many items in a list and fields in an object, and names of a limited length', () => {
    const names = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, n]))
    const wide = parseJson(JSON.stringify([names]), small)
    expect(Object.keys((wide.value as object[])[0] ?? {})).toHaveLength(40)
    expect(wide.cut).toEqual([{ path: '0', unit: 'items', kept: 40, total: 50 }])
    const long = parseJson(`{"${'n'.repeat(5_000)}":1}`, small)
    expect(long.value).toEqual({ [`${'n'.repeat(10)}…`]: 1 })
    expect(long.cut).toEqual([{ path: '', unit: 'characters', kept: 10, total: 5_000 }])
  })

  it('without a list that could be shortened to its limit is rejected', () => {
    const lists = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`k${n}`, Array(20).fill(0)]))
    expect(() => parseJson(JSON.stringify(lists), small)).toThrow(RangeError)
  })
})
