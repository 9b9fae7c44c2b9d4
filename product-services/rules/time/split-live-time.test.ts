import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { countTime, sumSeconds } from './count-time.ts'
import type { Entry } from './entries.ts'
import { splitLiveTime } from './split-live-time.ts'

const MINUTE = 60_000
const entry = (id: string, start: number, end: number | null): Entry => ({
  id,
  taskId: null,
  startMs: start * MINUTE,
  endMs: end === null ? null : end * MINUTE,
})

it.each([
  ['runs alone', [entry('a', 0, null)], 60, 0, 0],
  ['has been interrupted', [entry('a', 0, null), entry('b', 30, 50)], 60, 50, 50],
  ['is interrupted up to now', [entry('a', 0, null), entry('b', 30, 60)], 60, 60, 60],
  ['starts in this very second', [entry('a', 0, 60), entry('b', 60, null)], 60, 60, 60],
])('a timer that %s', (_name, entries, now, settledMinutes, sinceMinute) => {
  const { settled, live } = splitLiveTime(entries, { fromMs: 0, toMs: 1e9, nowMs: now * MINUTE })
  expect(sumSeconds(settled)).toBe(settledMinutes * 60)
  expect(live?.sinceMs).toBe(sinceMinute * MINUTE)
})

it('is null if no timer runs, or on a day that is over', () => {
  const span = { fromMs: 0, toMs: 60 * MINUTE, nowMs: 60 * MINUTE }
  expect(splitLiveTime([entry('a', 0, 10)], span).live).toBeNull()
  expect(splitLiveTime([entry('a', 0, null)], span).live).toBeNull()
})

test('the settled time and the time since then are the whole time, now and later', () => {
  const drawn = fc.record({
    start: fc.nat(100),
    length: fc.option(fc.nat(60), { freq: 4 }),
  })
  const property = fc.property(
    fc.array(drawn, { maxLength: 8 }),
    fc.nat(100),
    fc.nat(50),
    (all, now, later) => {
      // What has ended has ended by now, as on the server.
      const entries = all
        .filter(({ start, length }) => start + (length ?? 0) <= now)
        .map(({ start, length }, index) => entry(`${index}`, start, length === null ? null : start + length))
      const span = { fromMs: 0, toMs: 1e9 }
      const { settled, live } = splitLiveTime(entries, { ...span, nowMs: now * MINUTE })
      const laterMs = (now + later) * MINUTE
      const grown = live === null ? 0 : (laterMs - live.sinceMs) / 1000
      expect(sumSeconds(settled) + grown).toBe(sumSeconds(countTime(entries, { ...span, nowMs: laterMs })))
    },
  )
  fc.assert(property, { numRuns: 500 })
})
