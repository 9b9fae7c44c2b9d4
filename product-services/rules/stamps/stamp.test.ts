import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Clock, tick, witness } from './hybrid-logical-clock.ts'
import { compareStamps, type Stamp, stampKey } from './stamp.ts'

const small = fc.nat(3)
const stamp: fc.Arbitrary<Stamp> = fc.record({
  ms: small,
  counter: small,
  clientId: fc.constantFrom('a', 'B', 'ä', 'z-1'),
})

test('stamps are totally ordered, and only a stamp equals itself', () => {
  fc.assert(
    fc.property(stamp, stamp, stamp, (a, b, c) => {
      expect(Math.sign(compareStamps(a, b))).toBe(0 - Math.sign(compareStamps(b, a)))
      expect(compareStamps(a, b) === 0).toBe(stampKey(a) === stampKey(b))
      if (compareStamps(a, b) <= 0 && compareStamps(b, c) <= 0)
        expect(compareStamps(a, c)).toBeLessThanOrEqual(0)
    }),
  )
})

test('a clock’s next stamp is newer than all that it gave out or saw, wherever the wall clock stands', () => {
  const event = fc.oneof(fc.record({ nowMs: small }), fc.record({ seen: stamp }))
  fc.assert(
    fc.property(fc.array(event), events => {
      let clock: Clock = { ms: 0, counter: 0 }
      const known: Stamp[] = []
      for (const happened of events) {
        if ('seen' in happened) {
          clock = witness(clock, happened.seen)
          known.push(happened.seen)
          continue
        }
        clock = tick(clock, happened.nowMs)
        const next = { ...clock, clientId: 'me' }
        expect(known.filter(earlier => compareStamps(earlier, next) >= 0)).toEqual([])
        known.push(next)
      }
    }),
  )
})
