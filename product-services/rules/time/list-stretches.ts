import { compareEntries, type Entry } from './entries.ts'
import { deriveEnds, findRunningEntry } from './open-entries.ts'

/** A span of time: from `fromMs` up to `toMs`, which is not part of it. */
export type Span = { fromMs: number; toMs: number }

/** What to list: the time within a span as of now, with or without the running timer. */
export type Selection = Span & { nowMs: number; running?: 'include' | 'exclude' }

/** The part of an entry that lies within a span, in ms since 1970. */
export type Stretch = {
  id: string
  taskId: string | null
  startMs: number
  endMs: number
  /** Whether the timer runs and its end is now. */
  isRunning: boolean
}

/**
 * Returns the part of each entry within a span, by start: the running entry reaches up to now, an open entry that starts in
 * the future has not begun. Entries without a part of positive length are left out, except the running one.
 */
export function listStretches(
  entries: readonly Entry[],
  { fromMs, toMs, nowMs, running: withRunning = 'include' }: Selection,
): Stretch[] {
  const ends = deriveEnds(entries, nowMs)
  const running = findRunningEntry(entries, nowMs)
  return entries.toSorted(compareEntries).flatMap(entry => {
    if (entry === running && withRunning === 'exclude') return []
    const { id, taskId } = entry
    const ownEndMs = entry === running ? nowMs : (entry.endMs ?? ends.get(id))
    if (ownEndMs === undefined) return []
    const startMs = Math.max(entry.startMs, fromMs)
    const endMs = Math.min(ownEndMs, toMs)
    const isRunning = entry === running && nowMs >= fromMs && nowMs < toMs
    return endMs > startMs || isRunning ? [{ id, taskId, startMs, endMs, isRunning }] : []
  })
}
