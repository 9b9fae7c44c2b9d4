import type { Change, PendingOp, Replica } from './replica.ts'
import { restampPending } from './restamp-pending.ts'

/** Whether an op has a stamp that no server takes, because it was read from a clock between two milliseconds. */
export function isFractional({ stamp, base }: PendingOp): boolean {
  return !Number.isInteger(stamp.ms) || (base !== null && !Number.isInteger(base.ms))
}

/**
 * Returns the change that gives new stamps to the first fractional op and to those behind it. The server holds none of
 * them: it has refused every request that contained one. `replica.rows` must hold all rows; `nowMs` is the corrected time.
 */
export function repairStamps({ meta, rows, outbox }: Replica, nowMs: number): Change {
  const first = outbox.findIndex(isFractional)
  const repaired = restampPending({
    outbox: first === -1 ? [] : outbox.slice(first),
    rows: rows.values(),
    clientId: meta.clientId,
    nowMs,
  })
  return {
    meta: { ...meta, clock: repaired.clock },
    rows: repaired.rows,
    droppedRows: [],
    outbox: repaired.outbox,
    droppedSeqs: [],
    rejected: [],
  }
}
