import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dateAt, daysBetween, nextDay, startOfDay } from './calendar-days.ts'
import { type DaySpan, summarise } from './summarise.ts'

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'Pacific/Apia',
]

const spansOf = (from: string, to: string, zone: string): DaySpan[] =>
  daysBetween(from, to).map(date => ({
    date,
    startMs: startOfDay(date, zone),
    endMs: startOfDay(nextDay(date), zone),
  }))

test('a day starts at the first instant of its date, even if the clocks change at midnight', () => {
  // Brazil skipped midnight until 2018 and repeated the hour before it in autumn; Samoa skipped a whole day in 2011.
  expect(new Date(startOfDay('2018-11-04', 'America/Sao_Paulo')).toISOString()).toBe(
    '2018-11-04T03:00:00.000Z',
  )
  expect(new Date(startOfDay('2018-02-18', 'America/Sao_Paulo')).toISOString()).toBe(
    '2018-02-18T03:00:00.000Z',
  )
  expect(new Date(startOfDay('2026-03-29', 'Europe/Berlin')).toISOString()).toBe('2026-03-28T23:00:00.000Z')
  expect(startOfDay('2011-12-30', 'Pacific/Apia')).toBe(startOfDay('2011-12-31', 'Pacific/Apia'))
})

test('days follow each other without a gap and start on their own date', () => {
  const day = fc.date({ min: new Date('2005-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(day, fc.constantFrom(...ZONES), (at, zone) => {
      const date = at.toISOString().slice(0, 10)
      const start = startOfDay(date, zone)
      expect(startOfDay(nextDay(date), zone)).toBeGreaterThanOrEqual(start)
      if (zone !== 'Pacific/Apia') expect(dateAt(start, zone)).toBe(date)
      expect(dateAt(start - 1, zone) < date).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('days and tasks sum to the time in which any entry ran, whatever overlaps', () => {
  const from = Date.parse('2026-03-27T00:00:00Z')
  const stretch = fc.record({
    startMs: fc.integer({ min: from, max: from + 5 * 86_400_000 }),
    lengthMs: fc.integer({ min: -1000, max: 40 * 3_600_000 }),
    taskId: fc.constantFrom('a', 'b', null),
  })
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 12 }), fc.constantFrom(...ZONES), (drawn, zone) => {
      const stretches = drawn.map(({ startMs, lengthMs, taskId }, index) => ({
        id: `entry ${index}`,
        taskId,
        startMs,
        endMs: startMs + lengthMs,
      }))
      const { totalSeconds, days, tasks } = summarise(stretches, spansOf('2026-03-20', '2026-04-10', zone))
      expect(days.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(totalSeconds)
      expect([...tasks.values()].reduce((sum, seconds) => sum + seconds, 0)).toBe(totalSeconds)
      expect(totalSeconds).toBe(unionSeconds(stretches))
    }),
    { numRuns: 500 },
  )
})

// A different algorithm from the code under test: merging sorted intervals.
function unionSeconds(stretches: { startMs: number; endMs: number }[]): number {
  let sum = 0
  let reached = Number.NEGATIVE_INFINITY
  for (const { startMs, endMs } of stretches.toSorted((a, b) => a.startMs - b.startMs)) {
    const start = Math.max(Math.floor(startMs / 1000), reached)
    const end = Math.floor(endMs / 1000)
    if (end > start) {
      sum += end - start
      reached = end
    }
  }
  return sum
}
