/** Formats seconds as a running clock, `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return `${hours}:${two(minutes)}:${two(whole % 60)}`
}

/**
 * Formats seconds as a duration: `40 s`, `12 min`, `2 h 5 min`, `1,250 h`. A part that is zero is left out, and a number
 * never stands on another line than its unit.
 */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole > 0 && whole < 60) return `${whole}\u00a0s`
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const parts = [hours > 0 ? `${NUMBER.format(hours)}\u00a0h` : '', minutes > 0 ? `${minutes}\u00a0min` : '']
  return parts.filter(Boolean).join(' ') || '0\u00a0min'
}

const MINUTE_MS = 60_000
const NUMBER = new Intl.NumberFormat('en')
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const HAS_24_HOURS = TIME.resolvedOptions().hourCycle === 'h23'
// The end of a day is 24:00 where the clock has 24 hours: 0:00 would read as its beginning.
const HOURS_TO_24 = HAS_24_HOURS ? ({ hourCycle: 'h24' } as const) : {}
const MIDNIGHT = new Date(2026, 0, 1)
const END_OF_DAY = new Intl.DateTimeFormat(undefined, { timeStyle: 'short', ...HOURS_TO_24 }).format(MIDNIGHT)
const LAST_HOUR = new Intl.DateTimeFormat(undefined, { hour: 'numeric', ...HOURS_TO_24 }).format(MIDNIGHT)
const HOUR = new Intl.DateTimeFormat(undefined, { hour: 'numeric' })
const DAY = { weekday: 'long', day: 'numeric', month: 'long' } as const
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' })
const LONG_DAY = new Intl.DateTimeFormat(undefined, DAY)
const LONG_DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { ...DAY, year: 'numeric' })

/** Formats the local time of day of an instant. */
export function formatTime(ms: number): string {
  return TIME.format(ms)
}

/** Formats two local times of one day, which ends at `endOfDayMs`, as a range: `9:00 – 10:30`, `23:54 – 24:00`, `9:00`. */
export function formatSpan(fromMs: number, toMs: number, endOfDayMs: number): string {
  const [from, to] = [TIME.format(fromMs), toMs < endOfDayMs ? TIME.format(toMs) : END_OF_DAY]
  return from === to && toMs - fromMs < MINUTE_MS ? from : `${from} – ${to}`
}

/** Formats an hour of the day, 0 to 24, as short as the language allows. */
export function formatHour(hour: number): string {
  return hour === 24 ? LAST_HOUR : HOUR.format(new Date(2026, 0, 1, hour))
}

/** Formats the day, month and year of an instant. */
export function formatDate(ms: number): string {
  return DATE.format(ms)
}

/** Formats the weekday, day and month of an instant, and its year if it differs from the year of `nowMs`. */
export function formatDay(ms: number, nowMs: number): string {
  const isThisYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear()
  return (isThisYear ? LONG_DAY : LONG_DAY_OF_YEAR).format(ms)
}

/** Formats a long time roughly, in its largest unit: `12 minutes`, `1 hour`, `400 days`. */
export function formatRoughly(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS)
  if (minutes < 60) return formatCount(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return hours < 24 ? formatCount(hours, 'hour') : formatCount(Math.round(hours / 24), 'day')
}

/** Formats a number with its noun, `1 change`, `1,240 changes`. */
export function formatCount(number: number, noun: string): string {
  return `${NUMBER.format(number)} ${noun}${number === 1 ? '' : 's'}`
}
