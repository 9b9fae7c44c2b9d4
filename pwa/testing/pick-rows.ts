import type { MemoryReplica } from '../sync/apply-change.ts'
import { type Replica, rowKey } from '../sync/replica.ts'

/** Returns the replica as the store reads it for a step that needs these rows only. */
export function pickRows({ rows, ...replica }: MemoryReplica, keys: readonly string[] | 'all'): Replica {
  if (keys === 'all') return { ...replica, rows }
  const picked = keys.flatMap(key => rows.get(key) ?? [])
  return { ...replica, rows: new Map(picked.map(row => [rowKey(row), row])) }
}
