import { isDeepStrictEqual } from 'node:util'
import { tick, witness } from '@goalixa/rules/stamps/hybrid-logical-clock'
import type { Stamp } from '@goalixa/rules/stamps/stamp'
import { applyOp, type Rejection } from './apply-op.ts'
import { type Replica, rowKey, SERVER } from './replica.ts'
import type { Entity, Op } from './sync.schema.ts'

/** New values for some fields of one row. */
export type Edit = { entity: Entity; id: string; fields: Record<string, Op['value']> }

/**
 * Applies edits as ops of the client `server`, numbered from `lastSeq` on; fields that already hold the value are
 * skipped. `stampFor` may choose another stamp than now. Returns the last number used and the rejected fields.
 */
export function applyServerEdits(
  replica: Replica,
  edits: Edit[],
  {
    lastSeq,
    nowMs,
    stampFor = base => nextStamp(replica, nowMs, base),
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
      const rejection = applyOp(replica, op, { clientId: SERVER, nowMs })
      if (rejection) rejects.push({ ...rejection, field })
    }
  }
  return { lastSeq: seq, rejects }
}

function nextStamp(replica: Replica, nowMs: number, seen: Stamp | null): Stamp {
  replica.clock = tick(seen ? witness(replica.clock, seen) : replica.clock, nowMs)
  return { ...replica.clock, clientId: SERVER }
}
