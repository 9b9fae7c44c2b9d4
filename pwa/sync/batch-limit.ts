import type { SyncRequest } from '@goalixa/core/sync/sync.schema'
import { MAX_REQUEST_OPS } from './next-request.ts'

/**
 * Creates the number of ops that the next request may carry. It halves with each refused request until the op that the
 * server refuses is alone, and is whole again behind that op.
 */
export function createBatchLimit() {
  let limit = MAX_REQUEST_OPS
  let suspectSeq = 0
  return {
    ops: () => limit,
    /** The server has refused the request: the next one carries fewer. Returns whether only one op was left. */
    narrow({ ops }: SyncRequest): boolean {
      suspectSeq = ops.at(-1)?.seq ?? 0
      limit = Math.max(1, Math.ceil(ops.length / 2))
      return ops.length === 1
    },
    /** The server has accepted the request. */
    accepted({ ops }: SyncRequest) {
      if ((ops.at(-1)?.seq ?? 0) >= suspectSeq) limit = MAX_REQUEST_OPS
    },
    /** The op that was alone has left the queue. */
    reset() {
      limit = MAX_REQUEST_OPS
      suspectSeq = 0
    },
  }
}
