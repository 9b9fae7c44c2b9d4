import type { Entity, FieldName } from '@goalixa/rules/fields/fields'
import type { TaskNames } from '@goalixa/rules/reports/group-by-project'
import { compareEntries, type Entry } from '@goalixa/rules/time/entries'
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

export type TimeEntry = Entry

/** The user's records that are not deleted: projects by name, tasks newest first, entries by start. */
export type Records = {
  projects: Project[]
  tasks: Task[]
  entries: TimeEntry[]
  /** Of all tasks and projects, because the time of deleted ones stays in reports. */
  names: TaskNames
}

/**
 * Creates a function that converts rows to records; deleted and incomplete rows are left out. Rows are never changed in
 * place, so an entity whose rows are the same as last time is not converted again: most edits touch one of thousands.
 */
export function createRecordReader() {
  const readProjects = memoiseRecords(
    projectIn,
    (a, b) => a.name.localeCompare(b.name) || compareText(a.id, b.id),
  )
  const readTasks = memoiseRecords(taskIn, (a, b) => compareText(b.id, a.id))
  const readEntries = memoiseRecords(entryIn, compareEntries)
  const readTaskNames = memoise(rows => rows.map(taskNameIn))
  const readProjectNames = memoise(rows => rows.map(projectNameIn))
  return (rows: Iterable<LocalRow>): Records => {
    const of: Record<Entity, LocalRow[]> = { projects: [], tasks: [], time_entries: [] }
    for (const row of rows) of[row.entity]?.push(row)
    return {
      projects: readProjects(of.projects),
      tasks: readTasks(of.tasks),
      entries: readEntries(of.time_entries),
      names: { tasks: readTaskNames(of.tasks), projects: readProjectNames(of.projects) },
    }
  }
}

function memoiseRecords<T>(read: (row: LocalRow) => T[], compare: (a: T, b: T) => number) {
  return memoise(rows => rows.filter(isLive).flatMap(read).sort(compare))
}

function memoise<T>(readAll: (rows: readonly LocalRow[]) => T[]) {
  let before: readonly LocalRow[] = []
  let records: T[] = []
  return (rows: readonly LocalRow[]): T[] => {
    const isSame = rows.length === before.length && rows.every((row, index) => row === before[index])
    if (!isSame) records = readAll(rows)
    before = rows
    return records
  }
}

function isLive(row: LocalRow): boolean {
  return fieldValue(row, 'deleted') !== true
}

function projectIn(row: LocalRow): Project[] {
  const archived = fieldValue(row, 'archived') === true
  return [{ id: row.id, name: textOf(row, 'name'), color: textOrNull(row, 'color'), archived }]
}

function taskIn(row: LocalRow): Task[] {
  return [
    {
      id: row.id,
      name: textOf(row, 'name'),
      note: textOf(row, 'note'),
      projectId: textOrNull(row, 'project_id'),
      isDone: fieldValue(row, 'status') === 'completed',
      completedAt: textOrNull(row, 'completed_at'),
    },
  ]
}

function taskNameIn(row: LocalRow): TaskNames['tasks'][number] {
  return { id: row.id, name: textOf(row, 'name'), projectId: textOrNull(row, 'project_id') }
}

function projectNameIn(row: LocalRow): TaskNames['projects'][number] {
  return { id: row.id, name: textOf(row, 'name') }
}

function entryIn(row: LocalRow): TimeEntry[] {
  const [startMs, endMs] = [msOrNull(row, 'started_at'), msOrNull(row, 'ended_at')]
  return startMs === null ? [] : [{ id: row.id, taskId: textOrNull(row, 'task_id'), startMs, endMs }]
}

function fieldValue(row: LocalRow, field: FieldName<Entity>): Json | undefined {
  return row.fields[field]?.value
}

function textOf(row: LocalRow, field: FieldName<Entity>): string {
  return textOrNull(row, field) ?? ''
}

function textOrNull(row: LocalRow, field: FieldName<Entity>): string | null {
  const value = fieldValue(row, field)
  return typeof value === 'string' ? value : null
}

function msOrNull(row: LocalRow, field: FieldName<Entity>): number | null {
  const text = textOrNull(row, field)
  return text === null ? null : Date.parse(text)
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
