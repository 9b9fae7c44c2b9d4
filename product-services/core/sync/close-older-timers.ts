import { compareStamps } from './compare-stamps.ts'
import { type Edit, editAsServer, SERVER } from './edit-as-server.ts'
import type { HeldRow, Replica } from './replica.ts'
import type { Stamp } from './sync.schema.ts'

/**
 * At most one timer runs: each running entry but the latest ends where the next one starts. Nothing else ends a timer,
 * however long it runs (defect 9 of the first edition). Returns the last op number used.
 */
export function closeOlderTimers(replica: Replica, lastSeq: number): number {
  const running = [...replica.rows.values()].filter(isRunning).toSorted(byStart)
  const edits: Edit[] = running.slice(0, -1).map((row, index) => ({
    entity: 'time_entries',
    id: row.id,
    fields: { ended_at: startOf(running[index + 1]) },
  }))
  const rows = new Map(running.map(row => [row.id, row]))
  return editAsServer(replica, edits, {
    lastSeq,
    nowMs: 0,
    stampFor: (base, edit) => justAfter(base, rows.get(edit.id)?.fields.started_at?.stamp ?? null),
  }).lastSeq
}

// Not "now": an end that a person set on a device that was away is newer than this derived one, and must win.
function justAfter(...seen: (Stamp | null)[]): Stamp {
  const latest = seen
    .filter(stamp => stamp !== null)
    .toSorted(compareStamps)
    .at(-1)
  return { ms: latest?.ms ?? 0, counter: (latest?.counter ?? 0) + 1, clientId: SERVER }
}

function isRunning({ entity, fields }: HeldRow): boolean {
  return (
    entity === 'time_entries' &&
    typeof fields.started_at?.value === 'string' &&
    (fields.ended_at?.value ?? null) === null &&
    fields.deleted?.value !== true
  )
}

// Instants are written in one form, so their text orders as their time.
function byStart(a: HeldRow, b: HeldRow): number {
  const [left, right] = [startOf(a) + a.id, startOf(b) + b.id]
  return left < right ? -1 : 1
}

function startOf(row: HeldRow | undefined): string {
  return String(row?.fields.started_at?.value ?? '')
}
