import type { DEFAULTS } from '@goalixa/core/sync/fields.schema'
import type { Entity } from '@goalixa/core/sync/sync.schema'
import type { Json, LocalRow } from '../../sync/replica.ts'

export type Project = { id: string; name: string; color: string | null; archived: boolean }

export type Task = {
  id: string
  name: string
  note: string
  projectId: string | null
  isDone: boolean
  /** An ISO instant, null while it is open. */
  completedAt: string | null
}

export type TimeEntry = {
  id: string
  taskId: string | null
  /** ISO instants; no end while the timer runs. */
  startedAt: string
  endedAt: string | null
}

/** Every live record of the user, typed. */
export type Records = { projects: Project[]; tasks: Task[]; entries: TimeEntry[] }

/** Reads rows into records; deleted and half-arrived rows are absent. Newest first, entries by their start. */
export function readRecords(rows: Iterable<LocalRow>): Records {
  const records: Records = { projects: [], tasks: [], entries: [] }
  for (const row of rows) {
    if (fieldValue(row, 'deleted') === true) continue
    if (row.entity === 'projects') records.projects.push(projectIn(row))
    if (row.entity === 'tasks') records.tasks.push(taskIn(row))
    if (row.entity === 'time_entries') records.entries.push(...entryIn(row))
  }
  records.tasks.sort((a, b) => compareText(b.id, a.id))
  records.projects.sort((a, b) => a.name.localeCompare(b.name) || compareText(a.id, b.id))
  records.entries.sort((a, b) => compareText(a.startedAt, b.startedAt) || compareText(a.id, b.id))
  return records
}

function projectIn(row: LocalRow): Project {
  const { id } = row
  return {
    id,
    name: textOf(row, 'name'),
    color: textOrNull(row, 'color'),
    archived: fieldValue(row, 'archived') === true,
  }
}

function taskIn(row: LocalRow): Task {
  return {
    id: row.id,
    name: textOf(row, 'name'),
    note: textOf(row, 'note'),
    projectId: textOrNull(row, 'project_id'),
    isDone: fieldValue(row, 'status') === 'completed',
    completedAt: textOrNull(row, 'completed_at'),
  }
}

function entryIn(row: LocalRow): TimeEntry[] {
  const startedAt = textOrNull(row, 'started_at')
  if (startedAt === null) return []
  return [{ id: row.id, taskId: textOrNull(row, 'task_id'), startedAt, endedAt: textOrNull(row, 'ended_at') }]
}

type FieldName = { [E in Entity]: keyof (typeof DEFAULTS)[E] }[Entity]

function fieldValue(row: LocalRow, field: FieldName): Json | undefined {
  return row.fields[field]?.value
}

function textOf(row: LocalRow, field: FieldName): string {
  return textOrNull(row, field) ?? ''
}

function textOrNull(row: LocalRow, field: FieldName): string | null {
  const value = fieldValue(row, field)
  return typeof value === 'string' ? value : null
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
