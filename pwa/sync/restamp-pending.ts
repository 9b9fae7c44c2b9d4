import type { Stamp } from '@goalixa/core/sync/sync.schema'
import { type Clock, tick, witness } from '@goalixa/rules/stamps/hybrid-logical-clock'
import { stampKey } from '@goalixa/rules/stamps/stamp'
import type { Field, LocalRow, PendingOp } from './replica.ts'

type Pending = { outbox: readonly PendingOp[]; rows: Iterable<LocalRow>; clientId: string; nowMs: number }

/**
 * Assigns new stamps, in the same order, to the ops that the server has not accepted. The clock first sees every stamp
 * that is not pending, and every base: a row may have been merged beyond the value that an op was based on.
 */
export function restampPending({ outbox, rows, clientId, nowMs }: Pending) {
  const isPending = new Set(outbox.map(op => stampKey(op.stamp)))
  const allRows = [...rows]
  const seen = [
    ...allRows.flatMap(row => Object.values(row.fields).map(field => field.stamp)),
    ...outbox.flatMap(op => op.base ?? []),
  ].filter(stamp => !isPending.has(stampKey(stamp)))
  let clock = seen.reduce(witness, { ms: 0, counter: 0 } as Clock)
  const renamed = new Map<string, Stamp>()
  const restamped = outbox.map(op => {
    clock = tick(clock, nowMs)
    const stamp = { ...clock, clientId }
    renamed.set(stampKey(op.stamp), stamp)
    return { ...op, stamp, base: op.base && (renamed.get(stampKey(op.base)) ?? op.base) }
  })
  return { clock, outbox: restamped, rows: allRows.flatMap(row => renameStamps(row, renamed)) }
}

// Returns the row with its renamed stamps, or nothing if none was renamed.
function renameStamps(row: LocalRow, renamed: ReadonlyMap<string, Stamp>): LocalRow[] {
  const fields = Object.entries(row.fields).map(([name, field]): [string, Field] => {
    const stamp = renamed.get(stampKey(field.stamp))
    return [name, stamp === undefined ? field : { ...field, stamp }]
  })
  const isChanged = fields.some(([name, field]) => field !== row.fields[name])
  return isChanged ? [{ ...row, fields: Object.fromEntries(fields) }] : []
}
