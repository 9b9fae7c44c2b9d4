import type { TimeEntry } from './records.ts'

/** A stretch of time on a task, in milliseconds since 1970. */
export type Stretch = {
  id: string
  taskId: string | null
  startMs: number
  endMs: number
  isRunning: boolean
}

/** Returns the entry of the running timer: the one that started last, if it has no end. */
export function runningEntry(entries: readonly TimeEntry[]): TimeEntry | undefined {
  const last = entries.at(-1)
  return last !== undefined && last.endMs === null ? last : undefined
}

/**
 * Returns the stretches of `entries` (sorted by start) that overlap a window, clipped to it. At most one timer runs: an
 * older entry without an end ends at the start of the next one, as the server will write it.
 */
export function stretchesWithin(
  entries: readonly TimeEntry[],
  { fromMs, toMs, nowMs }: { fromMs: number; toMs: number; nowMs: number },
): Stretch[] {
  const running = runningEntry(entries)
  return entries.flatMap((entry, index) => {
    const startMs = Math.max(entry.startMs, fromMs)
    const endMs = Math.min(entry.endMs ?? entries[index + 1]?.startMs ?? nowMs, toMs)
    if (endMs < startMs || (endMs === startMs && entry !== running)) return []
    return [{ id: entry.id, taskId: entry.taskId, startMs, endMs, isRunning: entry === running }]
  })
}

/** Returns the seconds that the stretches cover together; overlapping time counts once. */
export function coveredSeconds(stretches: readonly Stretch[]): number {
  let totalMs = 0
  let reachedMs = Number.NEGATIVE_INFINITY
  for (const { startMs, endMs } of stretches.toSorted((a, b) => a.startMs - b.startMs)) {
    totalMs += Math.max(0, endMs - Math.max(startMs, reachedMs))
    reachedMs = Math.max(reachedMs, endMs)
  }
  return totalMs / 1000
}
