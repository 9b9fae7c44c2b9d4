import { countTime, type Piece, sumSeconds } from './count-time.ts'
import type { Entry } from './entries.ts'
import { listStretches, type Selection } from './list-stretches.ts'

/** Since when the running timer has counted without a break, in ms since 1970, and how many whole seconds that is by now. */
export type LiveTime = { sinceMs: number; seconds: number }

/**
 * Returns the pieces of a span as `countTime` does, those of them that grow no more, and the part that does: whoever adds the
 * time since `sinceMs` to the settled pieces is right until the entries change. Live is null if no timer counts now.
 */
export function splitLiveTime(
  entries: readonly Entry[],
  selection: Selection,
): { pieces: Piece[]; settled: Piece[]; live: LiveTime | null } {
  const pieces = countTime(entries, selection)
  const nowSeconds = Math.floor(selection.nowMs / 1000)
  const growing = pieces.findLast(({ isRunning, end }) => isRunning && end === nowSeconds)
  if (growing !== undefined) {
    const live = { sinceMs: growing.start * 1000, seconds: sumSeconds([growing]) }
    return { pieces, settled: pieces.filter(piece => piece !== growing), live }
  }
  const running = listStretches(entries, selection).find(({ isRunning }) => isRunning)
  if (running === undefined) return { pieces, settled: pieces, live: null }
  // It was started in this very second, or an entry that started later has had the time up to now.
  const reachedMs = (pieces.at(-1)?.end ?? 0) * 1000
  const sinceMs = Math.max(running.startMs, Math.min(reachedMs, nowSeconds * 1000))
  return { pieces, settled: pieces, live: { sinceMs, seconds: 0 } }
}
