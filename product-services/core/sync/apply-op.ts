import { isDeepStrictEqual } from 'node:util'
import { findReferencedEntity, isFieldName } from '@goalixa/rules/fields/fields'
import { findFieldProblem } from '@goalixa/rules/fields/find-field-problem'
import { isDerived, isDerivedFrom } from '@goalixa/rules/stamps/derived-stamp'
import { witness } from '@goalixa/rules/stamps/hybrid-logical-clock'
import { compareStamps } from '@goalixa/rules/stamps/stamp'
import { findTimeProblem } from './find-time-problem.ts'
import { type Replica, type ReplicaRow, rowKey, SERVER } from './replica.ts'
import type { Op } from './sync.schema.ts'

export type Rejection = { code: string; reason: string }

/**
 * Applies one op to a replica and logs it: the newer stamp wins the field. If the author of the op had not seen the
 * current value, the value that loses is recorded as a conflict. An op that can never be applied is logged as rejected.
 * Protocol: docs/sync-protocol.md, "One exchange", steps 6 to 8.
 */
export function applyOp(
  replica: Replica,
  op: Op,
  { clientId, nowMs }: { clientId: string; nowMs: number },
): Rejection | undefined {
  const rejection = findRejection(replica, op, clientId) ?? findTimeProblem(op, nowMs)
  replica.log.push({
    ...op,
    clientId,
    ...(rejection ? { rejectCode: rejection.code, rejectReason: rejection.reason } : {}),
  })
  if (rejection) return rejection

  replica.clock = witness(replica.clock, op.stamp)
  const row = ensureRow(replica, op)
  const current = row.fields[op.field]
  const mine = { value: op.value, stamp: op.stamp }
  const wins = current === undefined || compareStamps(op.stamp, current.stamp) > 0
  if (current && isConcurrent(op, current) && !(wins && isCorrected(op, current, row))) {
    const [won, lost] = wins ? [mine, current] : [current, mine]
    replica.conflicts.push({ entity: op.entity, id: op.id, field: op.field, won, lost })
  }
  if (!wins) return undefined
  row.fields[op.field] = mine
  row.rev = ++replica.head
  replica.changed.add(row)
  return undefined
}

function isConcurrent(op: Op, current: ReplicaRow['fields'][string]): boolean {
  const hasSeen = op.base !== null && compareStamps(op.base, current.stamp) === 0
  // A value equal to the current one is kept, so it is no conflict. A derived value is not kept for certain: its author may replace it unseen.
  return !hasSeen && (isDerived(current.stamp) || !isDeepStrictEqual(op.value, current.value))
}

// The server has derived the current value from the one that the author saw, or ended the entry because of its start:
// nobody else wrote a value that is lost.
function isCorrected({ base }: Op, { stamp }: ReplicaRow['fields'][string], { fields }: ReplicaRow): boolean {
  const seen = base ?? fields.started_at?.stamp
  return seen !== undefined && isDerivedFrom(stamp, seen)
}

function ensureRow(replica: Replica, { entity, id }: Op): ReplicaRow {
  const key = rowKey(entity, id)
  const held = replica.rows.get(key)
  if (held) return held
  const row: ReplicaRow = { entity, id, rev: 0, fields: {} }
  replica.rows.set(key, row)
  return row
}

function findRejection(replica: Replica, op: Op, clientId: string): Rejection | undefined {
  if (!isFieldName(op.entity, op.field))
    return { code: 'UNKNOWN_FIELD', reason: `The entity ${op.entity} has no field ${op.field}.` }
  if (op.stamp.clientId !== clientId && !(clientId === SERVER && isDerived(op.stamp)))
    return { code: 'FOREIGN_STAMP', reason: 'The stamp names another client than the sender.' }
  if (op.base && compareStamps(op.stamp, op.base) <= 0)
    return {
      code: 'STAMP_NOT_AFTER_BASE',
      reason: 'The stamp is not newer than the value that its author saw.',
    }
  const problem = findFieldProblem(op.entity, op.field, op.value)
  if (problem !== undefined) return { code: 'INVALID_VALUE', reason: problem }
  return findDanglingReference(replica, op)
}

function findDanglingReference(replica: Replica, { entity, field, value }: Op): Rejection | undefined {
  const target = findReferencedEntity(entity, field)
  if (!target || typeof value !== 'string' || replica.rows.has(rowKey(target, value))) return undefined
  return { code: 'UNKNOWN_REFERENCE', reason: `${field} does not refer to an existing row of ${target}.` }
}
