import type { Records, Task } from './records.ts'
import { runningEntry } from './timer.ts'

/** Returns the open task that was tracked last, if no timer runs: one key or one tap resumes it. */
export function findResumableTask({ tasks, entries }: Records): Task | undefined {
  const last = entries.at(-1)
  if (last === undefined || runningEntry(entries) !== undefined) return undefined
  return tasks.find(task => task.id === last.taskId && !task.isDone)
}
