import { z } from 'zod'
import { Day } from '../sync/fields.schema.ts'

const MAX_DAYS = 366

/** The name of a time zone that this Node.js knows. */
export const TimeZone = z.string().refine(isTimeZone, 'a time zone, for example Europe/Berlin')

/** The first day of a week. */
export const WeekStart = z.enum(['monday', 'saturday', 'sunday'])

/** The days of a report, their time zone, the first day of a week, and whether the running timer counts until now. */
export const SummaryQuery = z
  .strictObject({
    from: Day,
    to: Day,
    time_zone: TimeZone.default('UTC'),
    week_start: WeekStart.default('monday'),
    running: z.enum(['include', 'exclude']).default('include'),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'a day not before `from`' })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) < MAX_DAYS * 86_400_000, {
    path: ['to'],
    message: `a day within ${MAX_DAYS} days of \`from\``,
  })
export type SummaryQuery = z.infer<typeof SummaryQuery>

const seconds = z.number().int()

/** Time spent. The days, the weeks, the projects and the tasks of the projects each sum to the total. */
export const SummaryReport = z.object({
  from: z.string(),
  to: z.string(),
  timeZone: z.string(),
  weekStart: WeekStart,
  totalSeconds: seconds,
  /** The part of the total that grows: what the running timer has counted without a break. Null if none counts now. */
  live: z.object({ since: z.string(), seconds }).nullable(),
  days: z.array(z.object({ date: z.string(), seconds })),
  /** By first day, which may be before `from`; the seconds are those within the report. */
  weeks: z.array(z.object({ start: z.string(), seconds })),
  projects: z.array(
    z.object({
      id: z.string().nullable(),
      name: z.string().nullable(),
      seconds,
      tasks: z.array(z.object({ id: z.string().nullable(), name: z.string().nullable(), seconds })),
    }),
  ),
})
export type SummaryReport = z.infer<typeof SummaryReport>

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
