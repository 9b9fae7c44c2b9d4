import { CronExpressionParser } from 'cron-parser'

/**
 * Returns the first time after `after` that matches the schedule of a CronJob; `undefined` if the schedule is invalid.
 * cron-parser also accepts seconds and shorter expressions, which Kubernetes rejects.
 */
export function nextTime(schedule: string, after: Date, timeZone = 'UTC'): Date | undefined {
  const fields = schedule.trim().split(/\s+/)
  if (fields.length !== 5 && !schedule.startsWith('@')) return undefined
  try {
    return CronExpressionParser.parse(schedule, { currentDate: after, tz: timeZone }).next().toDate()
  } catch {
    return undefined
  }
}
