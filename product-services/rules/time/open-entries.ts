import { compareEntries, type Entry } from './entries.ts'

/**
 * Returns the entry of the running timer: of the open entries, the one that started last. One that starts in the future
 * does not run.
 */
export function findRunningEntry<E extends Entry>(entries: readonly E[], nowMs: number): E | undefined {
  return listOpenEntries(entries, nowMs).at(-1)
}

/**
 * Returns the end of each open entry that was left open when a later one started: at most one timer runs, so it ends at
 * the start of the next one. Nothing else ends a timer, however long it runs. No end is later than now.
 */
export function deriveEnds(entries: readonly Entry[], nowMs: number): Map<string, number> {
  const open = listOpenEntries(entries, nowMs)
  return new Map(open.slice(0, -1).map(({ id }, index) => [id, open[index + 1]?.startMs ?? nowMs]))
}

function listOpenEntries<E extends Entry>(entries: readonly E[], nowMs: number): E[] {
  return entries.filter(({ startMs, endMs }) => endMs === null && startMs <= nowMs).sort(compareEntries)
}
