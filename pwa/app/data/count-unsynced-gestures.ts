import type { PendingOp } from '../../sync/replica.ts'

/** Counts the person's changes that are not on the server yet; one gesture can consist of several ops. */
export function countUnsyncedGestures(outbox: readonly PendingOp[]): number {
  return new Set(outbox.map(({ group, seq }) => group ?? seq)).size
}
