import type { Piece } from '../time/count-time.ts'

/** The tasks and projects that time may belong to, deleted ones included. */
export type TaskNames = {
  tasks: readonly { id: string; name: string; projectId: string | null }[]
  projects: readonly { id: string; name: string }[]
}

export type TaskTime = { id: string | null; name: string | null; seconds: number }
export type ProjectTime = TaskTime & { tasks: TaskTime[] }

/**
 * Sums the seconds of pieces per project and task, most first, equal ones by id. The id null is the time without a project
 * or without a task.
 */
export function groupByProject(pieces: readonly Piece[], { tasks, projects }: TaskNames): ProjectTime[] {
  const secondsOfTask = new Map<string | null, number>()
  for (const { taskId, start, end } of pieces)
    secondsOfTask.set(taskId, (secondsOfTask.get(taskId) ?? 0) + end - start)
  const taskOf = new Map(tasks.map(task => [task.id, task]))
  const nameOf = new Map(projects.map(({ id, name }) => [id, name]))
  const found = new Map<string | null, ProjectTime>()
  for (const [taskId, seconds] of secondsOfTask) {
    const task = taskOf.get(taskId ?? '')
    const id = task?.projectId ?? null
    const project = found.get(id) ?? { id, name: nameOf.get(id ?? '') ?? null, seconds: 0, tasks: [] }
    project.seconds += seconds
    project.tasks.push({ id: taskId, name: task?.name ?? null, seconds })
    found.set(id, project)
  }
  for (const project of found.values()) project.tasks.sort(compareTimes)
  return [...found.values()].sort(compareTimes)
}

// Ids in the order of their text, none last.
function compareTimes(a: TaskTime, b: TaskTime): number {
  if (a.seconds !== b.seconds) return b.seconds - a.seconds
  if (a.id === null || b.id === null) return Number(a.id === null) - Number(b.id === null)
  return a.id < b.id ? -1 : 1
}
