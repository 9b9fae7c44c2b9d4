import type { Entity } from '@goalixa/core/sync/sync.schema'
import { tick } from '@goalixa/rules/stamps/clock'
import { type Change, type Json, type LocalRow, type PendingOp, type Replica, rowKey } from './replica.ts'

/** New values for some fields of one row; the row is created if it does not exist. */
export type Edit = { entity: Entity; id: string; fields: Record<string, Json> }

/**
 * Returns the change of one gesture: every field with a new value becomes one pending op. `nowMs` is the device's own
 * clock, `group` the id of the gesture.
 */
export function editRows(
  { meta, rows }: Pick<Replica, 'meta' | 'rows'>,
  edits: readonly Edit[],
  { nowMs, group }: { nowMs: number; group: string },
): Change {
  const state = { ...meta }
  const touched = new Map<string, LocalRow>()
  const outbox: PendingOp[] = []
  for (const { entity, id, fields } of edits) {
    const key = rowKey({ entity, id })
    const row = touched.get(key) ?? rows.get(key) ?? { entity, id, fields: {} }
    const edited = { ...row.fields }
    for (const [field, value] of Object.entries(fields)) {
      const current = edited[field]
      if (current !== undefined && current.value === value) continue
      state.clock = tick(state.clock, nowMs + meta.clockCorrectionMs)
      const stamp = { ...state.clock, clientId: meta.clientId }
      const before = current === undefined ? {} : { before: current.value }
      const base = current?.stamp ?? null
      outbox.push({ seq: state.nextSeq++, entity, id, field, value, stamp, base, group, ...before })
      edited[field] = { value, stamp }
      touched.set(key, { entity, id, fields: { ...edited } })
    }
  }
  return { meta: state, rows: [...touched.values()], droppedRows: [], outbox, droppedSeqs: [], rejected: [] }
}
