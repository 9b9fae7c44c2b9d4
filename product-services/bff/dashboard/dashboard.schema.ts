import { User } from '@goalixa/auth/accounts/accounts.schema'
import { Project, Task, TimeEntry } from '@goalixa/core/entities/entities.schema'
import { TimeZone } from '@goalixa/core/reports/reports.schema'
import { z } from 'zod'

/** The time zone that defines today. */
export const DashboardQuery = z.strictObject({ time_zone: TimeZone.default('UTC') })
export type DashboardQuery = z.infer<typeof DashboardQuery>

export const Part = z.enum(['user', 'projects', 'tasks', 'timer', 'today'])
export type Part = z.infer<typeof Part>

/** The data of the Today page. A part that could not be read, or is too large, is null and listed in `missing`. */
export const Dashboard = z.object({
  user: User.nullable(),
  projects: z.array(Project).nullable(),
  /** Active tasks only. */
  tasks: z.array(Task).nullable(),
  /** The running entry, or null if none is running. */
  timer: TimeEntry.nullable(),
  /**
   * The time of the day as reports count it, but without what the running timer counts from `runningSince` on: the page adds
   * that, so the numbers stay correct until the data changes. Null if no timer counts towards today.
   */
  today: z
    .object({
      date: z.string(),
      timeZone: z.string(),
      seconds: z.number().int(),
      runningSince: z.string().nullable(),
    })
    .nullable(),
  missing: z.array(Part),
})
export type Dashboard = z.infer<typeof Dashboard>
