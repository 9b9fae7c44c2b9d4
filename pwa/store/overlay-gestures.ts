import { editRows } from '../sync/edit-rows.ts'
import { type Meta, type Replica, rowKey } from '../sync/replica.ts'
import type { WaitingGesture } from './gesture-queue.ts'

/**
 * Returns the rows with what the gestures of the journal make of them, oldest first: the person sees what they did even if
 * the database cannot take it now. A gesture that is in the rows already changes nothing.
 */
export function overlayGestures(
  rows: Replica['rows'],
  meta: Meta,
  gestures: readonly WaitingGesture[],
): Replica['rows'] {
  let [shown, state] = [rows, meta]
  for (const gesture of gestures.filter(({ isJournaled }) => isJournaled)) {
    const change = planChange({ rows: shown, meta: state }, gesture)
    if (change === undefined || change.rows.length === 0) continue
    shown = new Map([...shown, ...change.rows.map(row => [rowKey(row), row] as const)])
    state = change.meta
  }
  return shown
}

// What can never be stored is not shown either: it needs attention as soon as its turn comes.
function planChange(
  replica: Pick<Replica, 'rows' | 'meta'>,
  { id, edits, nowMs, correctionMs }: WaitingGesture,
) {
  try {
    return editRows(replica, edits, { nowMs, group: id, correctionMs })
  } catch {
    return undefined
  }
}
