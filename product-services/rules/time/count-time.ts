import type { Entry } from './entries.ts'
import { listStretches, type Selection, type Stretch } from './list-stretches.ts'

/** Time that counts for one entry, in whole seconds since 1970. */
export type Piece = { entryId: string; taskId: string | null; isRunning: boolean; start: number; end: number }

/**
 * Returns the time within a span as pieces in order, none of which overlaps another: where entries overlap, the time
 * belongs to the one that started last, as if the timer had switched over. So no second counts twice, and whatever the
 * pieces are grouped by, the groups sum to the same total. Times are truncated to whole seconds first, so that sums are exact.
 */
export function countTime(entries: readonly Entry[], selection: Selection): Piece[] {
  const pieces = listStretches(entries, selection).map(toPiece)
  return removeOverlaps(pieces.filter(({ start, end }) => end > start))
}

/** Sums the seconds of pieces. */
export function sumSeconds(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { start, end }) => sum + end - start, 0)
}

// Walks the pieces by start. The stack holds what has started, the latest on top; time belongs to the top until it ends or the
// next one starts.
function removeOverlaps(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = []
  const stack: Piece[] = []
  let reached = Number.NEGATIVE_INFINITY
  const advance = (until: number) => {
    for (let top = stack.at(-1); top !== undefined && reached < until; top = stack.at(-1)) {
      const end = Math.min(top.end, until)
      if (end > reached) result.push({ ...top, start: reached, end })
      reached = Math.max(reached, end)
      if (top.end <= reached) stack.pop()
    }
    reached = until
  }
  for (const piece of pieces) {
    advance(piece.start)
    stack.push(piece)
  }
  advance(Number.POSITIVE_INFINITY)
  return result
}

function toPiece({ id, taskId, startMs, endMs, isRunning }: Stretch): Piece {
  return { entryId: id, taskId, isRunning, start: Math.floor(startMs / 1000), end: Math.floor(endMs / 1000) }
}
