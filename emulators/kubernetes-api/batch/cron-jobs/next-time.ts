import { CronExpressionParser } from 'cron-parser'

/**
 * The first time after `after` that a CronJob's schedule names; `undefined` if the schedule is none. cron-parser also
 * reads seconds and shorter expressions, which Kubernetes does not take.
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
