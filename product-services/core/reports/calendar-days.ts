const DAY_MS = 86_400_000

/**
 * Returns the instant (ms since 1970) at which a calendar day starts in a time zone: the first instant of that date, even
 * if a clock change skips or repeats midnight.
 */
export function startOfDay(date: string, timeZone: string): number {
  const utcMidnight = Date.parse(`${date}T00:00:00.000Z`)
  const candidates = [-DAY_MS, DAY_MS].map(shift => utcMidnight - offsetAt(utcMidnight + shift, timeZone))
  const first = candidates.toSorted((a, b) => a - b).find(instant => dateAt(instant, timeZone) >= date)
  return first ?? Math.max(...candidates)
}

/** Lists the calendar days between two dates, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = []
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS)
    days.push(new Date(at).toISOString().slice(0, 10))
  return days
}

/** Returns the next calendar day. */
export function nextDay(date: string): string {
  return new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10)
}

/** Returns the calendar day of an instant in a time zone. */
export function dateAt(instantMs: number, timeZone: string): string {
  return wallClockAt(instantMs, timeZone).toISOString().slice(0, 10)
}

// The offset of the wall clock from UTC, in milliseconds.
function offsetAt(instantMs: number, timeZone: string): number {
  return wallClockAt(instantMs, timeZone).getTime() - Math.floor(instantMs / 1000) * 1000
}

// The wall clock of the zone, represented as if it were UTC.
function wallClockAt(instantMs: number, timeZone: string): Date {
  const parts = cachedFormatter(timeZone).formatToParts(instantMs)
  const read = (type: string) => Number(parts.find(part => part.type === type)?.value)
  return new Date(
    Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second')),
  )
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function cachedFormatter(timeZone: string): Intl.DateTimeFormat {
  const cached = formatters.get(timeZone)
  if (cached) return cached
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
  formatters.set(timeZone, formatter)
  return formatter
}
