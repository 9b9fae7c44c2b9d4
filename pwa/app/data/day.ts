/** Returns the local day that contains an instant, in ms since 1970; it has 23 or 25 hours when the clocks change. */
export function dayAround(ms: number): { fromMs: number; toMs: number } {
  const from = new Date(ms)
  from.setHours(0, 0, 0, 0)
  const to = new Date(from)
  to.setDate(to.getDate() + 1)
  return { fromMs: from.getTime(), toMs: to.getTime() }
}

/** Returns the local calendar day of an instant, `2026-03-01`. */
export function dayName(ms: number): string {
  const date = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** Returns noon of a calendar day in ms since 1970, or undefined if the text is not a day. */
export function parseNoon(day: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (match === null) return undefined
  const [year, month, date] = match.slice(1).map(Number)
  return new Date(year ?? 0, (month ?? 1) - 1, date, 12).getTime()
}

/** Returns the same time of day some days later. */
export function addDays(ms: number, days: number): number {
  const date = new Date(ms)
  date.setDate(date.getDate() + days)
  return date.getTime()
}
