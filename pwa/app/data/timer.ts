import type { TimeEntry } from './records.ts'

/** A stretch of time on a task, in milliseconds since the epoch. */
export type Stretch = {
  id: string
  taskId: string | null
  startMs: number
  endMs: number
  isRunning: boolean
}

/** The entry whose timer runs: the last one started, if it has no end. */
export function runningEntry(entries: readonly TimeEntry[]): TimeEntry | undefined {
  const last = entries.at(-1)
  return last !== undefined && last.endMs === null ? last : undefined
}

/**
 * The stretches of `entries` (by their start) that touch a window, cut to it. At most one timer runs: an older entry
 * without an end ends where the next one starts, as the server will write it.
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

/** Seconds that the stretches cover together; where two overlap, the time counts once. */
export function coveredSeconds(stretches: readonly Stretch[]): number {
  let totalMs = 0
  let reachedMs = Number.NEGATIVE_INFINITY
  for (const { startMs, endMs } of stretches.toSorted((a, b) => a.startMs - b.startMs)) {
    totalMs += Math.max(0, endMs - Math.max(startMs, reachedMs))
    reachedMs = Math.max(reachedMs, endMs)
  }
  return totalMs / 1000
}
