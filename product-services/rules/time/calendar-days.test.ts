import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { ZONES } from '../testing/zones.ts'
import { addDays, dateAt, startOfDay, startOfWeek } from './calendar-days.ts'

it.each([
  // Brazil skipped midnight until 2018 and repeated the hour before it in autumn; Samoa skipped a whole day in 2011.
  ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
  ['2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
])('%s in %s starts at the first instant of its date', (date, zone, start) => {
  expect(new Date(startOfDay(date, zone)).toISOString()).toBe(start)
})

it.each([
  ['2026-03-29', 'Europe/Berlin', 23],
  ['2026-10-25', 'Europe/Berlin', 25],
  ['2026-04-05', 'Australia/Lord_Howe', 24.5],
  ['2026-10-04', 'Australia/Lord_Howe', 23.5],
  ['2011-12-30', 'Pacific/Apia', 0],
  ['2018-11-04', 'America/Sao_Paulo', 23],
  ['2018-02-17', 'America/Sao_Paulo', 25],
  ['2026-09-06', 'America/Santiago', 23],
  ['2026-04-04', 'America/Santiago', 25],
])('%s in %s has %d hours', (date, zone, hours) => {
  expect((startOfDay(addDays(date, 1), zone) - startOfDay(date, zone)) / 3_600_000).toBe(hours)
})

test('days follow each other without a gap and start on their own date', () => {
  const day = fc.date({ min: new Date('2005-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(day, fc.constantFrom(...ZONES), (at, zone) => {
      const date = at.toISOString().slice(0, 10)
      const start = startOfDay(date, zone)
      expect(startOfDay(addDays(date, 1), zone)).toBeGreaterThanOrEqual(start)
      if (zone !== 'Pacific/Apia') expect(dateAt(start, zone)).toBe(date)
      expect(dateAt(start - 1, zone) < date).toBe(true)
    }),
    { numRuns: 500 },
  )
})

it.each([
  ['2026-03-01', 'monday', '2026-02-23'],
  ['2026-03-01', 'sunday', '2026-03-01'],
  ['2026-03-01', 'saturday', '2026-02-28'],
  ['2026-03-02', 'monday', '2026-03-02'],
  ['2027-01-01', 'monday', '2026-12-28'],
  ['2026-03-07', 'saturday', '2026-03-07'],
  ['2026-03-06', 'saturday', '2026-02-28'],
] as const)('the week of %s that starts on a %s starts on %s', (date, weekStart, start) => {
  expect(startOfWeek(date, weekStart)).toBe(start)
})
