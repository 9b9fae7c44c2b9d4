import type { Op, Stamp } from '@goalixa/core/sync/sync.schema'
import type { LocalRow, Replica } from '../sync/replica.ts'
import { compareStamps, stampKey } from '../sync/stamp.ts'
import { ALLOWED_SKEW_MS, type ServerModel } from './server-model.ts'

type Device = { clientId: string; replica: () => Replica; made: () => number }

/** Throws with the name of the first of the invariants I0 to I5 of product.md §6 that does not hold at the end. */
export function checkInvariants(server: ServerModel, devices: readonly Device[]) {
  const truth = canonical(server.rows.values())
  for (const device of devices) {
    if (device.replica().outbox.length > 0) throw new Error('I0: the outbox does not drain')
    if (canonical(device.replica().rows.values()) !== truth) throw new Error('I1: the replicas differ')
  }
  checkExactlyOnce(server, devices)
  checkNoSilentOverwrite(server)
  for (const { op, at } of server.log) {
    if (op.base !== null && compareStamps(op.stamp, op.base) <= 0)
      throw new Error('I4: an edit does not beat the value its author saw')
    if (op.stamp.ms > at + ALLOWED_SKEW_MS) throw new Error('I5: a stamp of the future was accepted')
  }
}

function checkExactlyOnce(server: ServerModel, devices: readonly Device[]) {
  const times = new Map<string, number>()
  for (const { clientId, op } of server.log) {
    const key = `${clientId}:${op.seq}`
    times.set(key, (times.get(key) ?? 0) + 1)
  }
  for (const device of devices)
    for (let seq = 1; seq <= device.made(); seq++)
      if (times.get(`${device.clientId}:${seq}`) !== 1)
        throw new Error('I2: an op was not taken exactly once')
}

// A value that is no longer there was seen by whoever replaced it, or is in the journal, or came back later.
function checkNoSilentOverwrite({ log, rows, conflicts }: ServerModel) {
  const keyOf = (id: string, field: string, stamp: Stamp) => `${id}/${field}/${stampKey(stamp)}`
  const seen = new Set(log.flatMap(({ op }) => (op.base ? [keyOf(op.id, op.field, op.base)] : [])))
  const journaled = new Set(conflicts.map(({ id, field, lost }) => keyOf(id, field, lost)))
  const isAccountedFor = (op: Op, depth = 0): boolean => {
    const current = rows.get(`tasks/${op.id}`)?.fields[op.field]
    const key = keyOf(op.id, op.field, op.stamp)
    if (current === undefined) return false
    if (stampKey(current.stamp) === stampKey(op.stamp) || current.value === op.value) return true
    if (seen.has(key) || journaled.has(key)) return true
    const later = log.filter(
      ({ op: other }) =>
        other.id === op.id &&
        other.field === op.field &&
        other.value === op.value &&
        compareStamps(other.stamp, op.stamp) > 0,
    )
    return depth < 50 && later.some(({ op: other }) => isAccountedFor(other, depth + 1))
  }
  if (!log.every(({ op }) => isAccountedFor(op))) throw new Error('I3: a value was overwritten in silence')
}

function canonical(rows: Iterable<LocalRow>): string {
  const flat = [...rows].map(({ id, fields }) => [
    id,
    Object.entries(fields)
      .map(([name, { value, stamp }]) => `${name}=${value}@${stampKey(stamp)}`)
      .sort(),
  ])
  return JSON.stringify(flat.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)))
}
