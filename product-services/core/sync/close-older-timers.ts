import { compareStamps, type Stamp } from '@goalixa/rules/stamps/stamp'
import { applyServerEdits, type Edit, SERVER } from './apply-server-edits.ts'
import type { Replica, ReplicaRow } from './replica.ts'

/**
 * Ends every running entry but the latest at the start of the next one, so that at most one timer runs. Nothing else
 * ends a timer, however long it runs. Returns the last op number used.
 */
export function closeOlderTimers(replica: Replica, lastSeq: number): number {
  const running = [...replica.rows.values()].filter(isRunning).toSorted(byStart)
  const edits: Edit[] = running.slice(0, -1).map((row, index) => ({
    entity: 'time_entries',
    id: row.id,
    fields: { ended_at: startOf(running[index + 1]) },
  }))
  const rows = new Map(running.map(row => [row.id, row]))
  return applyServerEdits(replica, edits, {
    lastSeq,
    nowMs: 0,
    stampFor: (base, edit) => justAfter(base, rows.get(edit.id)?.fields.started_at?.stamp ?? null),
  }).lastSeq
}

// Not "now": an end that a person set on an offline device must be newer than this derived one, and win.
function justAfter(...seen: (Stamp | null)[]): Stamp {
  const latest = seen
    .filter(stamp => stamp !== null)
    .toSorted(compareStamps)
    .at(-1)
  return { ms: latest?.ms ?? 0, counter: (latest?.counter ?? 0) + 1, clientId: SERVER }
}

function isRunning({ entity, fields }: ReplicaRow): boolean {
  return (
    entity === 'time_entries' &&
    typeof fields.started_at?.value === 'string' &&
    (fields.ended_at?.value ?? null) === null &&
    fields.deleted?.value !== true
  )
}

// Instants have one format, so their text sorts like their time.
function byStart(a: ReplicaRow, b: ReplicaRow): number {
  const [left, right] = [startOf(a) + a.id, startOf(b) + b.id]
  return left < right ? -1 : 1
}

function startOf(row: ReplicaRow | undefined): string {
  return String(row?.fields.started_at?.value ?? '')
}
