const DAY_MS = 86_400_000

/** The day that a week starts on. */
export type WeekStart = 'monday' | 'saturday' | 'sunday'

// As `Date.prototype.getUTCDay` counts.
const WEEKDAYS = { sunday: 0, monday: 1, saturday: 6 } as const satisfies Record<WeekStart, number>

/**
 * Returns the instant (ms since 1970) at which a calendar day starts in a time zone: the first instant of that date, even
 * if a clock change skips or repeats midnight.
 */
export const startOfDay = memoise((date, timeZone) => {
  const utcMidnight = Date.parse(`${date}T00:00:00.000Z`)
  const candidates = [-DAY_MS, DAY_MS].map(shift => utcMidnight - offsetAt(utcMidnight + shift, timeZone))
  const first = candidates.toSorted((a, b) => a - b).find(instant => dateAt(instant, timeZone) >= date)
  return first ?? Math.max(...candidates)
})

/** Returns the calendar day of an instant in a time zone. */
export function dateAt(instantMs: number, timeZone: string): string {
  return wallClockAt(instantMs, timeZone).toISOString().slice(0, 10)
}

/** Returns the calendar day some days later, or earlier if negative. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Lists the calendar days between two dates, both included. */
export function daysBetween(from: string, to: string): string[] {
  const count = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => addDays(from, index))
}

/** Returns the first day of the week of a calendar day. */
export function startOfWeek(date: string, weekStart: WeekStart): string {
  const weekday = new Date(Date.parse(date)).getUTCDay()
  return addDays(date, 0 - ((weekday - WEEKDAYS[weekStart] + 7) % 7))
}

// The offset of the wall clock from UTC, in milliseconds.
function offsetAt(instantMs: number, timeZone: string): number {
  return wallClockAt(instantMs, timeZone).getTime() - Math.floor(instantMs / 1000) * 1000
}

// The wall clock of the zone, represented as if it were UTC.
function wallClockAt(instantMs: number, timeZone: string): Date {
  const parts = formatterOf(timeZone).formatToParts(instantMs)
  const read = (type: string) => Number(parts.find(part => part.type === type)?.value)
  return new Date(
    Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second')),
  )
}

// Both limits only bound the memory: there are a few hundred zones, but each may be spelled in many cases.
const MAX_FORMATTERS = 1_000
const MAX_DAYS = 50_000
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  if (formatters.size < MAX_FORMATTERS) formatters.set(timeZone, formatter)
  return formatter
}

// Reading a zone's clock takes microseconds, and a report of a year needs it a thousand times.
function memoise(compute: (date: string, timeZone: string) => number) {
  const known = new Map<string, number>()
  return (date: string, timeZone: string): number => {
    const key = `${date} ${timeZone}`
    const found = known.get(key)
    if (found !== undefined) return found
    const computed = compute(date, timeZone)
    if (known.size >= MAX_DAYS) known.clear()
    known.set(key, computed)
    return computed
  }
}
