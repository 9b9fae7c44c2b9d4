import { User } from '@goalixa/auth/accounts/accounts.schema'
import { Project, Task, TimeEntry } from '@goalixa/core/entities/entities.schema'
import { TimeZone } from '@goalixa/core/reports/reports.schema'
import { z } from 'zod'

/** The time zone that says what today is. */
export const DashboardQuery = z.strictObject({ time_zone: TimeZone.default('UTC') })
export type DashboardQuery = z.infer<typeof DashboardQuery>

export const Part = z.enum(['user', 'projects', 'tasks', 'timer', 'today'])
export type Part = z.infer<typeof Part>

/** What Today shows. A part that could not be had is null and named in `missing`. */
export const Dashboard = z.object({
  user: User.nullable(),
  projects: z.array(Project).nullable(),
  /** The open ones. */
  tasks: z.array(Task).nullable(),
  /** The running entry, null also when none runs. */
  timer: TimeEntry.nullable(),
  /** Finished time only: the running entry counts on by itself, so this stays true until the data changes. */
  today: z.object({ date: z.string(), timeZone: z.string(), seconds: z.number().int() }).nullable(),
  missing: z.array(Part),
})
export type Dashboard = z.infer<typeof Dashboard>
