import { describe, expect, it } from 'vitest'
import { nextTime } from './next-time.ts'

describe('the next time of a schedule', () => {
  it.each([
    ['*/15 * * * *', '2026-03-01T10:01:30Z', '2026-03-01T10:15:00.000Z'],
    ['0 3 * * *', '2026-03-01T03:00:00Z', '2026-03-02T03:00:00.000Z'],
    ['30 8 1 jan *', '2026-03-01T00:00:00Z', '2027-01-01T08:30:00.000Z'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['@hourly', '2026-12-31T23:30:00Z', '2027-01-01T00:00:00.000Z'],
    ['0 12 * * mon-fri', '2026-11-20T13:00:00Z', '2026-11-23T12:00:00.000Z'],
    // Both day fields are restricted: the 13th or a Friday, whichever comes first.
    ['0 0 13 * 5', '2026-11-08T00:00:00Z', '2026-11-13T00:00:00.000Z'],
    ['0 0 13 * 5', '2026-11-13T00:00:00Z', '2026-11-20T00:00:00.000Z'],
    ['0 0 * * 7', '2026-11-20T00:00:00Z', '2026-11-22T00:00:00.000Z'],
  ])('of %s after %s is %s', (schedule, after, expected) => {
    expect(nextTime(schedule, new Date(after))?.toISOString()).toBe(expected)
  })

  it('honours the time zone of the CronJob', () => {
    const next = nextTime('0 3 * * *', new Date('2026-07-01T00:00:00Z'), 'Europe/Berlin')
    expect(next?.toISOString()).toBe('2026-07-01T01:00:00.000Z')
  })

  it.each(['', '* * * *', '61 * * * *', 'a * * * *', '5-1 * * * *', '* * * * * *'])(
    'is undefined for the invalid schedule "%s"',
    schedule => {
      expect(nextTime(schedule, new Date('2026-01-01T00:00:00Z'))).toBeUndefined()
    },
  )
})
