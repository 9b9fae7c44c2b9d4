/** Tells the calendar day of now in a time zone, `2026-03-01`. A formatter is slow to make, so each is made once. */
export function createToday({ now }: { now: () => number }) {
  const formatters = new Map<string, Intl.DateTimeFormat>()

  return function today(timeZone: string): string {
    const formatter = formatters.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone })
    // Names of zones are checked before, so there can be only some hundred; their spellings by case are more.
    if (formatters.size < MOST) formatters.set(timeZone, formatter)
    return formatter.format(now())
  }
}

const MOST = 1_000
