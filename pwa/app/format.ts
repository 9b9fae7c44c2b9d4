/** Formats seconds as a running clock, `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return `${hours}:${two(minutes)}:${two(whole % 60)}`
}

/** Formats seconds as a duration, `2 h 05 min`, `12 min`, `40 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole > 0 && whole < 60) return `${whole} s`
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours === 0 ? `${minutes} min` : `${hours} h ${String(minutes).padStart(2, '0')} min`
}

const TIME = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const HOUR = new Intl.DateTimeFormat(undefined, { hour: 'numeric' })
const DAY = { weekday: 'long', day: 'numeric', month: 'long' } as const
const LONG_DAY = new Intl.DateTimeFormat(undefined, DAY)
const LONG_DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { ...DAY, year: 'numeric' })

/** Formats the local time of day of an instant. */
export function formatTime(ms: number): string {
  return TIME.format(ms)
}

/** Formats two local times of day as a range. */
export function formatSpan(fromMs: number, toMs: number): string {
  return TIME.formatRange(fromMs, toMs)
}

/** Formats the local hour of an instant, as short as the language allows. */
export function formatHour(ms: number): string {
  return HOUR.format(ms)
}

/** Formats the weekday, day and month of an instant, and its year if it differs from the year of `nowMs`. */
export function formatDay(ms: number, nowMs: number): string {
  const isThisYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear()
  return (isThisYear ? LONG_DAY : LONG_DAY_OF_YEAR).format(ms)
}

/** Formats a number with its noun, `1 change`, `3 changes`. */
export function formatCount(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
