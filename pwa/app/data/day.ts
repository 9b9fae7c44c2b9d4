import { findValueProblem } from '@goalixa/rules/fields/find-field-problem'
import { addDays, dateAt, startOfDay } from '@goalixa/rules/time/calendar-days'

/** Returns the time zone of the device, which decides for the person what day it is. */
export function deviceZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Returns the local day that contains an instant, in ms since 1970; it has 23 or 25 hours when the clocks change. */
export function dayAround(ms: number): { fromMs: number; toMs: number } {
  return daySpan(dayName(ms))
}

/** Returns where a local calendar day starts and ends, in ms since 1970. */
export function daySpan(date: string): { fromMs: number; toMs: number } {
  const zone = deviceZone()
  return { fromMs: startOfDay(date, zone), toMs: startOfDay(addDays(date, 1), zone) }
}

/** Returns the local calendar day of an instant, `2026-03-01`. */
export function dayName(ms: number): string {
  return dateAt(ms, deviceZone())
}

/** Returns the text if it is a calendar day, undefined otherwise. */
export function parseDay(text: string | null): string | undefined {
  return text !== null && findValueProblem({ kind: 'day', initial: null }, text) === undefined
    ? text
    : undefined
}
