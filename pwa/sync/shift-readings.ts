import { stampKey } from '@goalixa/rules/stamps/stamp'
import { type Json, type LocalRow, type PendingOp, rowKey } from './replica.ts'

type Pending = {
  outbox: readonly PendingOp[]
  rowAt: (key: string) => LocalRow | undefined
  /** By how much to shift an op, by its number. */
  shiftOf: (seq: number) => number
  /** The corrected time: nothing was read from the clock later than that. */
  nowMs: number
}

/**
 * Corrects what pending gestures have read from the clock, now that its error is known. A time that a person typed stays
 * as it is. Returns the ops, and the rows that show their values.
 */
export function shiftReadings({ outbox, rowAt, shiftOf, nowMs }: Pending) {
  const corrected = new Map<string, Json>()
  const ops = outbox.map(op => {
    const key = (stamp: PendingOp['stamp']) => `${rowKey(op)}/${op.field}/${stampKey(stamp)}`
    const before = op.base === null ? undefined : corrected.get(key(op.base))
    const based = before === undefined ? op : { ...op, before }
    if (!op.isReading || typeof op.value !== 'string') return based
    const shiftMs = shiftOf(op.seq)
    if (shiftMs === 0) return based
    const value = shiftInstant(op.value, shiftMs, nowMs)
    corrected.set(key(op.stamp), value)
    return { ...based, value }
  })
  return { outbox: ops, rows: [...correctRows(ops, corrected, rowAt)] }
}

/** Returns an instant moved by some milliseconds, but not beyond `nowMs`. */
export function shiftInstant(instant: string, shiftMs: number, nowMs: number): string {
  return new Date(Math.min(Date.parse(instant) + shiftMs, nowMs)).toISOString()
}

function correctRows(
  ops: readonly PendingOp[],
  corrected: ReadonlyMap<string, Json>,
  rowAt: Pending['rowAt'],
): Iterable<LocalRow> {
  const rows = new Map<string, LocalRow>()
  for (const { entity, id, field, stamp } of ops) {
    const key = rowKey({ entity, id })
    const value = corrected.get(`${key}/${field}/${stampKey(stamp)}`)
    const row = rows.get(key) ?? rowAt(key)
    const shown = row?.fields[field]
    if (value === undefined || row === undefined || shown === undefined) continue
    if (stampKey(shown.stamp) === stampKey(stamp))
      rows.set(key, { ...row, fields: { ...row.fields, [field]: { ...shown, value } } })
  }
  return rows.values()
}
