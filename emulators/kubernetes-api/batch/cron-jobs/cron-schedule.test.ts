import { describe, expect, it } from 'vitest'
import { nextTime, parseSchedule } from './cron-schedule.ts'

const next = (text: string, after: string) => {
  const schedule = parseSchedule(text)
  return schedule && nextTime(schedule, new Date(after))?.toISOString()
}

describe('a cron schedule', () => {
  it.each([
    ['*/15 * * * *', '2026-03-01T10:01:30Z', '2026-03-01T10:15:00.000Z'],
    ['0 3 * * *', '2026-03-01T03:00:00Z', '2026-03-02T03:00:00.000Z'],
    ['30 8 1 jan *', '2026-03-01T00:00:00Z', '2027-01-01T08:30:00.000Z'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['@hourly', '2026-12-31T23:30:00Z', '2027-01-01T00:00:00.000Z'],
    ['0 12 * * mon-fri', '2026-11-20T13:00:00Z', '2026-11-23T12:00:00.000Z'],
    // Both days restricted: the 13th or a Friday, whichever comes first.
    ['0 0 13 * 5', '2026-11-08T00:00:00Z', '2026-11-13T00:00:00.000Z'],
    ['0 0 13 * 5', '2026-11-13T00:00:00Z', '2026-11-20T00:00:00.000Z'],
    ['0 0 * * 7', '2026-11-20T00:00:00Z', '2026-11-22T00:00:00.000Z'],
  ])('%s after %s is due at %s', (text, after, expected) => {
    expect(next(text, after)).toBe(expected)
  })

  it.each(['', '* * * *', '61 * * * *', 'a * * * *', '5-1 * * * *', '* * * * * *'])(
    'is not made of "%s"',
    text => {
      expect(parseSchedule(text)).toBeUndefined()
    },
  )

  it('that names a day that never comes is never due', () => {
    expect(next('0 0 30 2 *', '2026-01-01T00:00:00Z')).toBeUndefined()
  })
})
