/** Creates a function that returns today's date in a time zone, `2026-03-01`. Formatters are slow to create, so they are cached. */
export function createLocalDate({ now }: { now: () => number }) {
  const formatters = new Map<string, Intl.DateTimeFormat>()

  return function today(timeZone: string): string {
    const formatter = formatters.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone })
    // Names are validated earlier, so there are a few hundred zones, but each may be spelled in many cases.
    if (formatters.size < MAX_FORMATTERS) formatters.set(timeZone, formatter)
    return formatter.format(now())
  }
}

const MAX_FORMATTERS = 1_000
