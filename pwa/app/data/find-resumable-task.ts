import { findRunningEntry } from '@goalixa/rules/time/open-entries'
import type { Records, Task } from './records.ts'

/** Returns the open task that was tracked last, if no timer runs: one key or one tap resumes it. */
export function findResumableTask({ tasks, entries }: Records, nowMs: number): Task | undefined {
  const last = entries.findLast(({ startMs }) => startMs <= nowMs)
  if (last === undefined || findRunningEntry(entries, nowMs) !== undefined) return undefined
  return tasks.find(task => task.id === last.taskId && !task.isDone)
}
