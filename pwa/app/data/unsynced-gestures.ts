import type { PendingOp } from '../../sync/replica.ts'

/** How many things the person did that are not on the server; one gesture can be several ops. */
export function unsyncedGestures(outbox: readonly PendingOp[]): number {
  return new Set(outbox.map(({ group, seq }) => group ?? seq)).size
}
