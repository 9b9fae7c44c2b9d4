import { afterEach, describe, expect, it } from 'vitest'
import { dayAround } from '../data/day.ts'
import { hourMarks } from './hour-marks.ts'

const zone = process.env.TZ
afterEach(() => {
  process.env.TZ = zone ?? ''
})

const H = 3_600_000

describe('the full hours of a day', () => {
  it.each([
    ['Europe/Berlin', '2026-06-01T12:00:00Z', [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]],
    ['Europe/Berlin', '2026-03-29T12:00:00Z', [0, 1, 3, 4, 5], [0, 1, 2, 3, 4]],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', [0, 1, 2, 2, 3], [0, 1, 2, 3, 4]],
    ['Australia/Lord_Howe', '2026-04-05T02:00:00Z', [0, 1, 2, 3, 4], [0, 1, 2.5, 3.5, 4.5]],
    ['America/Santiago', '2026-09-06T15:00:00Z', [1, 2, 3, 4, 5], [0, 1, 2, 3, 4]],
    ['Asia/Kathmandu', '2026-06-01T12:00:00Z', [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]],
  ])('%s, %s', (timeZone, at, hours, afterHours) => {
    process.env.TZ = timeZone
    const day = dayAround(Date.parse(at))
    const marks = hourMarks(day)
    expect(marks.slice(0, 5).map(({ hour }) => hour)).toEqual(hours)
    expect(marks.slice(0, 5).map(({ ms }) => (ms - day.fromMs) / H)).toEqual(afterHours)
    expect(marks.at(-1)).toEqual({ ms: day.toMs, hour: 24 })
  })
})
