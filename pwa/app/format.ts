/** Seconds as a running clock, `1:02:03` or `2:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return `${hours}:${two(minutes)}:${two(whole % 60)}`
}

/** Seconds as people say them, `2 h 05 min`, `12 min`, `40 s`. */
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

/** The local time of day of an instant. */
export function formatTime(ms: number): string {
  return TIME.format(ms)
}

/** Two local times of day as one span. */
export function formatSpan(fromMs: number, toMs: number): string {
  return TIME.formatRange(fromMs, toMs)
}

/** The local hour of an instant, as short as the language allows. */
export function formatHour(ms: number): string {
  return HOUR.format(ms)
}

/** The weekday, day and month of an instant, and its year if that is not the year of `nowMs`. */
export function formatDay(ms: number, nowMs: number): string {
  const isThisYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear()
  return (isThisYear ? LONG_DAY : LONG_DAY_OF_YEAR).format(ms)
}

/** `1 change`, `3 changes`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
