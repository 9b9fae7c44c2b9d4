type Field = Set<number>
export type Schedule = {
  minute: Field
  hour: Field
  day: Field
  month: Field
  weekday: Field
  isDayFree: boolean
  isWeekdayFree: boolean
}

const SHORTHANDS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** Reads a cron expression of five fields; `undefined` if it is none. */
export function parseSchedule(text: string): Schedule | undefined {
  const [minute, hour, day, month, weekday, ...more] = (SHORTHANDS[text.trim()] ?? text).trim().split(/\s+/)
  if (!minute || !hour || !day || !month || !weekday || more.length > 0) return undefined
  const fields = [
    parseField(minute, 0, 59),
    parseField(hour, 0, 23),
    parseField(day, 1, 31),
    parseField(month, 1, 12, MONTHS, 1),
    parseField(weekday, 0, 7, WEEKDAYS),
  ]
  const [minutes, hours, days, months, weekdays] = fields
  if (!minutes || !hours || !days || !months || !weekdays) return undefined
  const isFree = (field: string) => field.startsWith('*') || field.startsWith('?')
  const withSunday = new Set([...weekdays].map(one => one % 7))
  return {
    minute: minutes,
    hour: hours,
    day: days,
    month: months,
    weekday: withSunday,
    isDayFree: isFree(day),
    isWeekdayFree: isFree(weekday),
  }
}

function parseField(
  text: string,
  min: number,
  max: number,
  names: string[] = [],
  offset = 0,
): Field | undefined {
  const values = new Set<number>()
  for (const part of text.toLowerCase().split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? []
    const [from, to] =
      range === '*' || range === '?'
        ? [min, max]
        : range.split('-').map(word => toNumber(word, names, offset))
    const last = to ?? (step ? max : from)
    if (from === undefined || last === undefined || !(from >= min) || !(last <= max) || from > last)
      return undefined
    for (let value = from; value <= last; value += Number(step) || 1) values.add(value)
  }
  return values
}

function toNumber(word: string, names: string[], offset: number): number {
  const index = names.indexOf(word)
  return index >= 0 ? index + offset : Number(word)
}

/** The first time after `after` that a schedule names, in UTC; `undefined` if there is none within five years. */
export function nextTime(schedule: Schedule, after: Date): Date | undefined {
  const time = new Date(Math.floor(after.getTime() / 60_000) * 60_000 + 60_000)
  const end = after.getTime() + 5 * 366 * 86_400_000
  while (time.getTime() < end) {
    if (!schedule.month.has(time.getUTCMonth() + 1) || !isDay(schedule, time)) time.setUTCHours(24, 0, 0, 0)
    else if (!schedule.hour.has(time.getUTCHours())) time.setUTCMinutes(60, 0, 0)
    else if (!schedule.minute.has(time.getUTCMinutes())) time.setUTCMinutes(time.getUTCMinutes() + 1)
    else return time
  }
  return undefined
}

// Where both day fields are restricted, either is enough. Source: crontab(5).
function isDay({ day, weekday, isDayFree, isWeekdayFree }: Schedule, time: Date): boolean {
  const isDayOk = day.has(time.getUTCDate())
  const isWeekdayOk = weekday.has(time.getUTCDay())
  return isDayFree || isWeekdayFree ? isDayOk && isWeekdayOk : isDayOk || isWeekdayOk
}
