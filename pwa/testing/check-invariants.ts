import type { Op, Stamp } from '@goalixa/core/sync/sync.schema'
import { isDerivedFrom } from '@goalixa/rules/stamps/derived-stamp'
import { MAX_SKEW_MS } from '@goalixa/rules/stamps/max-skew'
import { compareStamps, stampKey } from '@goalixa/rules/stamps/stamp'
import { type LocalRow, type Replica, rowKey } from '../sync/replica.ts'
import type { ServerModel } from './create-server-model.ts'

type Device = {
  replica: () => Replica
  /** The group of each op that was ever made; no two ops share one. */
  made: () => readonly string[]
  /** The ops that need attention. */
  rejected: () => readonly Op[]
}
type Rules = {
  /** Whether the server can never take an op. */
  isUnacceptable: (op: Op) => boolean
}

/** Throws an error that begins with the code of the first guarantee of docs/sync-protocol.md that does not hold. */
export function checkInvariants(server: ServerModel, devices: readonly Device[], rules: Rules) {
  const truth = canonical(server.rows.values())
  for (const device of devices) {
    if (device.replica().outbox.length > 0) throw new Error('OUTBOX_NOT_DRAINED: the outbox still holds ops')
    if (canonical(device.replica().rows.values()) !== truth)
      throw new Error('REPLICAS_DIFFER: the replicas have not converged')
  }
  checkExactlyOnce(server, devices, rules)
  checkNoSilentOverwrite(server)
  let newestMs = 0
  for (const { op, at } of server.log) {
    if (op.base !== null && compareStamps(op.stamp, op.base) <= 0)
      throw new Error('EDIT_NOT_NEWER: an edit is not newer than the value its author saw')
    if (op.stamp.ms > Math.max(at + MAX_SKEW_MS, newestMs))
      throw new Error('FUTURE_STAMP: a stamp from the future was accepted')
    newestMs = Math.max(newestMs, op.stamp.ms)
  }
}

function checkExactlyOnce(server: ServerModel, devices: readonly Device[], { isUnacceptable }: Rules) {
  const times = new Map<string | undefined, number>()
  const count = ({ group }: Op) => times.set(group, (times.get(group) ?? 0) + 1)
  for (const { op } of server.log) count(op)
  for (const op of devices.flatMap(device => device.rejected())) {
    if (!isUnacceptable(op)) throw new Error('WRONGLY_REJECTED: an op left the queue that the server takes')
    count(op)
  }
  for (const group of devices.flatMap(device => device.made()))
    if (times.get(group) !== 1)
      throw new Error('NOT_EXACTLY_ONCE: an op was not applied or rejected exactly once')
}

type Written = Pick<Op, 'entity' | 'id' | 'field' | 'value' | 'stamp'>

// A replaced value was seen by the author of the new one, or is recorded as a conflict, or was written again later, or the
// server has corrected it.
function checkNoSilentOverwrite({ log, derived, rows, conflicts }: ServerModel) {
  const keyOf = (id: string, field: string, stamp: Stamp) => `${id}/${field}/${stampKey(stamp)}`
  const seen = new Set(log.flatMap(({ op }) => (op.base ? [keyOf(op.id, op.field, op.base)] : [])))
  const journaled = new Set(conflicts.map(({ id, field, lost }) => keyOf(id, field, lost)))
  const written: Written[] = [...log.map(({ op }) => op), ...derived]
  const isAccountedFor = (op: Written, depth = 0): boolean => {
    const current = rows.get(rowKey(op))?.fields[op.field]
    const key = keyOf(op.id, op.field, op.stamp)
    if (current === undefined) return false
    if (stampKey(current.stamp) === stampKey(op.stamp) || current.value === op.value) return true
    if (seen.has(key) || journaled.has(key)) return true
    const later = written.filter(
      other =>
        other.id === op.id &&
        other.field === op.field &&
        (other.value === op.value || isDerivedFrom(other.stamp, op.stamp)) &&
        compareStamps(other.stamp, op.stamp) > 0,
    )
    return depth < 50 && later.some(other => isAccountedFor(other, depth + 1))
  }
  if (!log.every(({ op }) => isAccountedFor(op)))
    throw new Error('SILENT_OVERWRITE: a value was overwritten without a conflict')
}

function canonical(rows: Iterable<LocalRow>): string {
  const flat = [...rows].map(({ fields, ...row }) => [
    rowKey(row),
    Object.entries(fields)
      .map(([name, { value, stamp }]) => `${name}=${value}@${stampKey(stamp)}`)
      .sort(),
  ])
  return JSON.stringify(flat.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)))
}
