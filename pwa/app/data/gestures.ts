import type { Entity, FieldValues } from '@goalixa/rules/fields/fields'
import type { Edit } from '../../sync/edit-rows.ts'
import type { Task, TimeEntry } from './records.ts'

// `readings`: what the gesture reads from the clock; it is corrected if the clock turns out to be wrong.
function edit<E extends Entity>(
  entity: E,
  id: string,
  fields: Partial<FieldValues<E>>,
  readings: readonly (keyof FieldValues<E> & string)[] = [],
): Edit {
  return { entity, id, fields: fields as Edit['fields'], ...(readings.length > 0 ? { readings } : {}) }
}

/** Adds an open task. */
export function addTask(id: string, name: string, projectId: string | null): Edit[] {
  return [edit('tasks', id, { name, status: 'active', ...(projectId ? { project_id: projectId } : {}) })]
}

/** Changes the name or the note of a task. */
export function rewriteTask(id: string, text: { name?: string; note?: string }): Edit[] {
  return [edit('tasks', id, text)]
}

/** Moves a task to a project, or to none. */
export function moveTask(id: string, projectId: string | null): Edit[] {
  return [edit('tasks', id, { project_id: projectId })]
}

/** Completes a task and stops its timer. */
export function completeTask({ id }: Task, running: TimeEntry | undefined, nowMs: number): Edit[] {
  const done = edit('tasks', id, { status: 'completed', completed_at: instant(nowMs) }, ['completed_at'])
  return running?.taskId === id ? [done, ...stopTimer(running, nowMs)] : [done]
}

/** Reopens a completed task. */
export function reopenTask({ id }: Task): Edit[] {
  return [edit('tasks', id, { status: 'active', completed_at: null })]
}

/** Starts the timer for a task; the running one ends at the same moment. */
export function startTimer(
  id: string,
  taskId: string | null,
  running: TimeEntry | undefined,
  nowMs: number,
): Edit[] {
  const ended = running === undefined ? [] : stopTimer(running, nowMs)
  return [...ended, edit('time_entries', id, { started_at: instant(nowMs), task_id: taskId }, ['started_at'])]
}

/** Ends the running entry, never before its start. */
export function stopTimer(running: TimeEntry, nowMs: number): Edit[] {
  const endMs = Math.max(nowMs, running.startMs)
  return [edit('time_entries', running.id, { ended_at: instant(endMs) }, ['ended_at'])]
}

/** Adds a project. */
export function addProject(id: string, name: string, color: string): Edit[] {
  return [edit('projects', id, { name, color })]
}

/** Changes the name or the colour of a project. */
export function changeProject(id: string, fields: { name?: string; color?: string }): Edit[] {
  return [edit('projects', id, fields)]
}

/** Deletes or restores a row; its other fields stay as they are, so nothing is lost either way. */
export function setDeleted(entity: Entity, id: string, deleted: boolean): Edit[] {
  return [edit(entity, id, { deleted })]
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
