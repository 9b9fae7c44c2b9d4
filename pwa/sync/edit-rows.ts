import type { Entity } from '@goalixa/core/sync/sync.schema'
import { tick } from '@goalixa/rules/stamps/hybrid-logical-clock'
import { type Change, type Json, type LocalRow, type PendingOp, type Replica, rowKey } from './replica.ts'
import { shiftInstant } from './shift-readings.ts'

/**
 * New values for some fields of one row; the row is created if it does not exist. `readings` names the fields whose value
 * was read from the clock, in contrast to what a person typed.
 */
export type Edit = {
  entity: Entity
  id: string
  fields: Record<string, Json>
  readings?: readonly string[]
}

/**
 * Returns the change of one gesture: every field with a new value becomes one pending op. `nowMs` is the device's own
 * clock, `group` the id of the gesture. `correctionMs` is the correction with which the gesture has read the clock, if it
 * has changed since.
 */
export function editRows(
  { meta, rows }: Pick<Replica, 'meta' | 'rows'>,
  edits: readonly Edit[],
  {
    nowMs,
    group,
    correctionMs = meta.wallClock.correctionMs,
  }: { nowMs: number; group: string; correctionMs?: number },
): Change {
  const state = { ...meta }
  const correctedMs = nowMs + meta.wallClock.correctionMs
  const lateMs = meta.wallClock.correctionMs - correctionMs
  const touched = new Map<string, LocalRow>()
  const outbox: PendingOp[] = []
  for (const { entity, id, fields, readings = [] } of edits) {
    const key = rowKey({ entity, id })
    const row = touched.get(key) ?? rows.get(key) ?? { entity, id, fields: {} }
    const edited = { ...row.fields }
    for (const [field, given] of Object.entries(fields)) {
      const isReading = readings.includes(field) && typeof given === 'string'
      const value = isReading && lateMs !== 0 ? shiftInstant(given, lateMs, correctedMs) : given
      const current = edited[field]
      if (current !== undefined && current.value === value) continue
      state.clock = tick(state.clock, correctedMs)
      const stamp = { ...state.clock, clientId: meta.clientId }
      const before = current === undefined ? {} : { before: current.value }
      const base = current?.stamp ?? null
      const op = { seq: state.nextSeq++, entity, id, field, value, stamp, base, group, ...before }
      outbox.push(isReading ? { ...op, isReading } : op)
      edited[field] = { value, stamp }
      touched.set(key, { entity, id, fields: { ...edited } })
    }
  }
  return { meta: state, rows: [...touched.values()], droppedRows: [], outbox, droppedSeqs: [], rejected: [] }
}
