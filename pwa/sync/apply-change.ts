import { type Change, type LocalRow, type Replica, rowKey } from './replica.ts'

/** A replica whose rows are updated in place, because copying thousands of them at each step would be slow. */
export type MemoryReplica = Replica & { rows: Map<string, LocalRow> }

/** Returns the replica after a change; `rows` is the same map, updated. */
export function applyChange(replica: MemoryReplica, change: Change): MemoryReplica {
  for (const key of change.droppedRows) replica.rows.delete(key)
  for (const row of change.rows) replica.rows.set(rowKey(row), row)
  const isReplaced = new Set([...change.droppedSeqs, ...change.outbox.map(op => op.seq)])
  const kept = replica.outbox.filter(op => !isReplaced.has(op.seq))
  return {
    rows: replica.rows,
    meta: change.meta,
    outbox: [...kept, ...change.outbox].toSorted((a, b) => a.seq - b.seq),
  }
}
