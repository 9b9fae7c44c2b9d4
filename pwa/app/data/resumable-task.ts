import type { Records, Task } from './records.ts'
import { runningEntry } from './timer.ts'

/** The open task that was tracked last, if nothing runs: what one key or one tap goes on with. */
export function resumableTask({ tasks, entries }: Records): Task | undefined {
  const last = entries.at(-1)
  if (last === undefined || runningEntry(entries) !== undefined) return undefined
  return tasks.find(task => task.id === last.taskId && !task.isDone)
}
