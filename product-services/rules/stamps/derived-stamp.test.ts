import fc from 'fast-check'
import { expect, test } from 'vitest'
import { derivedAfter, isDerived, isDerivedFrom } from './derived-stamp.ts'
import { tick } from './hybrid-logical-clock.ts'
import { compareStamps, type Stamp } from './stamp.ts'

const clientId = fc.stringMatching(/^\w[\w-]{0,63}$/)

test('what is derived from a value, however often, is newer than it and older than its author’s next stamp', () => {
  const property = fc.property(clientId, fc.integer({ min: 1, max: 200 }), (author, times) => {
    const written: Stamp = { ms: 1_000, counter: 0, clientId: author }
    // The author writes again within the same millisecond.
    const next = { ...tick(written, 1_000), clientId: author }
    let derived = written
    for (let time = 0; time < times; time++) {
      const again = derivedAfter(derived)
      expect(compareStamps(again, derived)).toBeGreaterThan(0)
      expect(compareStamps(again, next)).toBeLessThan(0)
      expect(isDerived(again) && isDerivedFrom(again, written)).toBe(true)
      derived = again
    }
  })
  fc.assert(property, { examples: [['x'.repeat(64), 200]] })
})

test('derived stamps of two authors are never the same', () => {
  const times = fc.nat(3)
  const property = fc.property(clientId, clientId, times, times, (first, second, a, b) => {
    fc.pre(first !== second)
    const derive = (author: string, number: number) =>
      Array.from({ length: number + 1 }).reduce<Stamp>(derivedAfter, { ms: 1, counter: 0, clientId: author })
    expect(compareStamps(derive(first, a), derive(second, b))).not.toBe(0)
  })
  fc.assert(property, {
    examples: [
      ['a', 'a-', 1, 0],
      [`${'x'.repeat(63)}a`, `${'x'.repeat(63)}b`, 0, 0],
    ],
  })
})
