import { buildReport, type ReportRows } from '@goalixa/rules/reports/build-report'
import { addDays, startOfDay } from '@goalixa/rules/time/calendar-days'
import type { Span } from '@goalixa/rules/time/list-stretches'
import type { Tenancy } from '../tenancy/tenancy.ts'
import type { SummaryQuery, SummaryReport } from './reports.schema.ts'

type EntryRow = { id: string; taskId: string | null; startedAt: Date; endedAt: Date | null }
type TaskRow = { id: string; name: string; projectId: string | null }
type ProjectRow = { id: string; name: string }

/** Creates the service that reports on time entries. The time of deleted tasks and projects stays in the reports. */
export function createReportsService({ tenancy, now }: { tenancy: Tenancy; now: () => number }) {
  return {
    async summary(userId: string, query: SummaryQuery): Promise<SummaryReport> {
      const { from, to, time_zone: timeZone, week_start: weekStart, running } = query
      const fromMs = startOfDay(from, timeZone)
      const toMs = startOfDay(addDays(to, 1), timeZone)
      const rows = await readRows(userId, { fromMs, toMs })
      return buildReport(rows, { from, to, timeZone, weekStart, running }, now())
    },
  }

  // Every open entry, whenever it started: it ends where the next one starts.
  async function readRows(userId: string, { fromMs, toMs }: Span): Promise<ReportRows> {
    return tenancy.read(userId, async client => {
      const entries = await client.query<EntryRow>(
        `SELECT id, task_id AS "taskId", started_at AS "startedAt", ended_at AS "endedAt" FROM time_entries
         WHERE user_id = $1 AND NOT deleted AND started_at IS NOT NULL
           AND (ended_at IS NULL OR started_at < $3 AND ended_at > $2)`,
        [userId, new Date(fromMs), new Date(toMs)],
      )
      const taskIds = [...new Set(entries.rows.flatMap(({ taskId }) => taskId ?? []))]
      const tasks = await client.query<TaskRow>(
        'SELECT id, name, project_id AS "projectId" FROM tasks WHERE user_id = $1 AND id = ANY($2)',
        [userId, taskIds],
      )
      const projectIds = [...new Set(tasks.rows.flatMap(({ projectId }) => projectId ?? []))]
      const projects = await client.query<ProjectRow>(
        'SELECT id, name FROM projects WHERE user_id = $1 AND id = ANY($2)',
        [userId, projectIds],
      )
      return {
        entries: entries.rows.map(({ id, taskId, startedAt, endedAt }) => ({
          id,
          taskId,
          startMs: startedAt.getTime(),
          endMs: endedAt?.getTime() ?? null,
        })),
        tasks: tasks.rows,
        projects: projects.rows,
      }
    })
  }
}
export type ReportsService = ReturnType<typeof createReportsService>
