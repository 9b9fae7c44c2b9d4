import type { Op, Row, Stamp } from '@goalixa/core/sync/sync.schema'
import { derivedAfter } from '@goalixa/rules/stamps/derived-stamp'
import { MAX_SKEW_MS } from '@goalixa/rules/stamps/max-skew'

type Write = (row: Row, field: string, value: Op['value'], stamp: Stamp) => void

/**
 * The rules of time in the server model: nothing happened in the future, no entry ends before it starts, and each running
 * entry but the last ends at the start of the next.
 */
export function correctModelTimes(
  { rows, changed }: { rows: Iterable<Row>; changed: ReadonlySet<Row> },
  { nowMs, closesInFuture, write }: { nowMs: number; closesInFuture: boolean; write: Write },
) {
  const now = new Date(nowMs).toISOString()
  const limit = new Date(nowMs + MAX_SKEW_MS).toISOString()
  for (const row of changed)
    for (const name of ['started_at', 'ended_at', 'completed_at']) {
      const field = row.fields[name]
      if (typeof field?.value === 'string' && field.value > now && field.value <= limit && !closesInFuture)
        write(row, name, now, derivedAfter(field.stamp))
    }
  for (const row of changed) {
    const { started_at: start, ended_at: end } = row.fields
    if (typeof start?.value === 'string' && typeof end?.value === 'string' && end.value < start.value)
      write(row, 'ended_at', start.value, derivedAfter(end.stamp))
  }
  const running = [...rows]
    .filter(row => isRunning(row) && (closesInFuture || startOf(row) <= now))
    .sort((a, b) => (startOf(a) + a.id < startOf(b) + b.id ? -1 : 1))
  for (const [index, row] of running.slice(0, -1).entries()) {
    const seen = row.fields.ended_at ?? row.fields.started_at
    const next = running[index + 1]
    if (seen !== undefined && next !== undefined)
      write(row, 'ended_at', startOf(next), derivedAfter(seen.stamp))
  }
}

function isRunning({ entity, fields }: Row): boolean {
  const isOpen = (fields.ended_at?.value ?? null) === null && fields.deleted?.value !== true
  return entity === 'time_entries' && typeof fields.started_at?.value === 'string' && isOpen
}

function startOf({ fields }: Row): string {
  return String(fields.started_at?.value)
}
