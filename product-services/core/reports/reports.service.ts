import type { Tenancy } from '../tenancy/tenancy.ts'
import { daysBetween, nextDay, startOfDay } from './calendar-days.ts'
import type { SummaryQuery, SummaryReport } from './reports.schema.ts'
import { summarise } from './summarise.ts'

type EntryRow = { id: string; taskId: string | null; startedAt: Date; endedAt: Date | null }
type TaskRow = { id: string; name: string; projectId: string | null; projectName: string | null }

/** Creates the service that reports on time entries. The time of deleted tasks and projects stays in the reports. */
export function createReportsService({ tenancy, now }: { tenancy: Tenancy; now: () => number }) {
  return {
    async summary(userId: string, { from, to, time_zone, running }: SummaryQuery): Promise<SummaryReport> {
      const days = daysBetween(from, to).map(date => ({
        date,
        startMs: startOfDay(date, time_zone),
        endMs: startOfDay(nextDay(date), time_zone),
      }))
      const span = { startMs: days[0]?.startMs ?? 0, endMs: days.at(-1)?.endMs ?? 0 }
      const { entries, tasks } = await readRows(userId, span, running === 'include')
      const stretches = entries.map(({ id, taskId, startedAt, endedAt }) => ({
        id,
        taskId,
        startMs: startedAt.getTime(),
        endMs: endedAt?.getTime() ?? now(),
      }))
      const { totalSeconds, days: perDay, tasks: perTask } = summarise(stretches, days)
      return {
        from,
        to,
        timeZone: time_zone,
        totalSeconds,
        days: perDay,
        projects: groupByProject(perTask, tasks),
      }
    },
  }

  async function readRows(userId: string, span: { startMs: number; endMs: number }, withRunning: boolean) {
    return tenancy.read(userId, async client => {
      const entries = await client.query<EntryRow>(
        `SELECT id, task_id AS "taskId", started_at AS "startedAt", ended_at AS "endedAt" FROM time_entries
         WHERE user_id = $1 AND NOT deleted AND started_at < $3 AND (ended_at > $2 OR ended_at IS NULL AND $4)`,
        [userId, new Date(span.startMs), new Date(span.endMs), withRunning],
      )
      const ids = [...new Set(entries.rows.flatMap(({ taskId }) => taskId ?? []))]
      const tasks = await client.query<TaskRow>(
        `SELECT t.id, t.name, t.project_id AS "projectId", p.name AS "projectName"
         FROM tasks t LEFT JOIN projects p ON p.user_id = t.user_id AND p.id = t.project_id
         WHERE t.user_id = $1 AND t.id = ANY($2)`,
        [userId, ids],
      )
      return { entries: entries.rows, tasks: tasks.rows }
    })
  }
}
export type ReportsService = ReturnType<typeof createReportsService>

function groupByProject(perTask: Map<string | null, number>, rows: TaskRow[]): SummaryReport['projects'] {
  const tasks = new Map(rows.map(row => [row.id, row]))
  const projects = new Map<string | null, SummaryReport['projects'][number]>()
  for (const [taskId, seconds] of perTask) {
    const task = taskId === null ? undefined : tasks.get(taskId)
    const id = task?.projectId ?? null
    const project = projects.get(id) ?? { id, name: task?.projectName ?? null, seconds: 0, tasks: [] }
    project.seconds += seconds
    project.tasks.push({ id: taskId, name: task?.name ?? null, seconds })
    projects.set(id, project)
  }
  const bySeconds = (a: { seconds: number }, b: { seconds: number }) => b.seconds - a.seconds
  for (const project of projects.values()) project.tasks.sort(bySeconds)
  return [...projects.values()].sort(bySeconds)
}
