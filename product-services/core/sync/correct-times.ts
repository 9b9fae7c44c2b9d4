import { derivedAfter } from '@goalixa/rules/stamps/derived-stamp'
import { MAX_SKEW_MS } from '@goalixa/rules/stamps/max-skew'
import type { Stamp } from '@goalixa/rules/stamps/stamp'
import type { Entry } from '@goalixa/rules/time/entries'
import { deriveEnds } from '@goalixa/rules/time/open-entries'
import { applyServerEdits, type Edit } from './apply-server-edits.ts'
import { instantsOf } from './find-time-problem.ts'
import { type Replica, type ReplicaRow, rowKey, SERVER } from './replica.ts'

/**
 * Restores what must hold of times after a batch: nothing happened in the future, no entry ends before it starts, and at
 * most one timer runs, because each older one ends at the start of the next. Nothing else ends a timer, however long it
 * runs. Returns the last op number used.
 */
export function correctTimes(
  replica: Replica,
  { lastSeq, nowMs }: { lastSeq: number; nowMs: number },
): number {
  // Not "now": what a person set on an offline device must be newer than these derived values, and win.
  const stampFor = (base: Stamp | null, { entity, id }: Edit) =>
    derivedAfter(base ?? replica.rows.get(rowKey(entity, id))?.fields.started_at?.stamp ?? ORIGIN)
  let last = lastSeq
  for (const findEdits of [moveOutOfFuture, endReversed, closeOlderTimers])
    last = applyServerEdits(replica, findEdits(replica, nowMs), { lastSeq: last, nowMs, stampFor }).lastSeq
  return last
}

const ORIGIN: Stamp = { ms: 0, counter: 0, clientId: SERVER }

/** Whether a row is an entry that ends before it starts. */
export function isReversed({ fields }: ReplicaRow): boolean {
  const [start, end] = [fields.started_at?.value, fields.ended_at?.value]
  return typeof start === 'string' && typeof end === 'string' && end < start
}

// A device's clock may be slightly ahead. What is stored further in the future is older than this rule, and stays.
function moveOutOfFuture({ changed }: Replica, nowMs: number): Edit[] {
  const [now, limit] = [nowMs, nowMs + MAX_SKEW_MS].map(ms => new Date(ms).toISOString())
  return [...changed].flatMap(({ entity, id, fields }) => {
    const ahead = instantsOf(entity).filter(name => {
      const value = fields[name]?.value
      return typeof value === 'string' && value > String(now) && value <= String(limit)
    })
    return ahead.length === 0
      ? []
      : [{ entity, id, fields: Object.fromEntries(ahead.map(name => [name, String(now)])) }]
  })
}

function endReversed({ changed }: Replica): Edit[] {
  return [...changed]
    .filter(isReversed)
    .map(({ entity, id, fields }) => ({ entity, id, fields: { ended_at: fields.started_at?.value ?? null } }))
}

function closeOlderTimers({ rows }: Replica, nowMs: number): Edit[] {
  const entries = [...rows.values()].flatMap(toEntry)
  return [...deriveEnds(entries, nowMs)].map(([id, endMs]) => ({
    entity: 'time_entries',
    id,
    fields: { ended_at: new Date(endMs).toISOString() },
  }))
}

function toEntry({ entity, id, fields }: ReplicaRow): Entry[] {
  const { started_at: start, ended_at: end, deleted } = fields
  if (entity !== 'time_entries' || typeof start?.value !== 'string' || deleted?.value === true) return []
  const endMs = typeof end?.value === 'string' ? Date.parse(end.value) : null
  return [{ id, taskId: null, startMs: Date.parse(start.value), endMs }]
}
