import { isDeepStrictEqual } from 'node:util'
import { applyOp, type Rejection } from './apply-op.ts'
import { type Replica, rowKey } from './replica.ts'
import type { Entity, Op, Stamp } from './sync.schema.ts'

/** New values for some fields of one row. */
export type Edit = { entity: Entity; id: string; fields: Record<string, Op['value']> }

/** The name under which the server writes ops of its own. */
export const SERVER = 'server'

/**
 * Writes edits as ops of the client `server`, numbered on from `lastSeq`; what a field holds already is left alone.
 * `stampFor` may choose another stamp than now. Returns the last number used and what was rejected.
 */
export function editAsServer(
  replica: Replica,
  edits: Edit[],
  {
    lastSeq,
    nowMs,
    stampFor = base => tick(replica.clock, nowMs, base),
  }: { lastSeq: number; nowMs: number; stampFor?: (base: Stamp | null, edit: Edit) => Stamp },
): { lastSeq: number; rejects: (Rejection & { field: string })[] } {
  const rejects: (Rejection & { field: string })[] = []
  let seq = lastSeq
  for (const edit of edits) {
    for (const [field, value] of Object.entries(edit.fields)) {
      const current = replica.rows.get(rowKey(edit.entity, edit.id))?.fields[field]
      if (current && isDeepStrictEqual(current.value, value)) continue
      const base = current?.stamp ?? null
      const op: Op = {
        seq: ++seq,
        entity: edit.entity,
        id: edit.id,
        field,
        value,
        stamp: stampFor(base, edit),
        base,
      }
      const rejection = applyOp(replica, op, SERVER)
      if (rejection) rejects.push({ ...rejection, field })
    }
  }
  return { lastSeq: seq, rejects }
}

// A hybrid logical clock: never behind the wall, never behind what it has seen, never twice the same.
function tick(clock: Replica['clock'], nowMs: number, seen: Stamp | null): Stamp {
  if (seen && (seen.ms > clock.ms || (seen.ms === clock.ms && seen.counter > clock.counter)))
    Object.assign(clock, { ms: seen.ms, counter: seen.counter })
  if (nowMs > clock.ms) Object.assign(clock, { ms: nowMs, counter: 0 })
  else clock.counter += 1
  return { ...clock, clientId: SERVER }
}
