import type { SyncResponse } from '@goalixa/core/sync/sync.schema'
import { stampKey } from '@goalixa/rules/stamps/stamp'
import { receiveResponse } from './receive-response.ts'
import type { Change, PendingOp, RejectedOp, Replica } from './replica.ts'

/**
 * Returns the change that takes an op out of the queue because the server refuses every request that contains it, or
 * undefined if the op is no longer there. It has the same effect as a rejection by the server. The sequence then lacks a
 * number, so the server answers the next ops with `gap`, and the client starts a new sequence.
 */
export function removeRefusedOp(
  replica: Replica,
  { seq, stamp }: Pick<PendingOp, 'seq' | 'stamp'>,
  { code, reason, nowMs }: Pick<RejectedOp, 'code' | 'reason'> & { nowMs: number },
): Change | undefined {
  const isQueued = replica.outbox.some(op => op.seq === seq && stampKey(op.stamp) === stampKey(stamp))
  if (!isQueued) return undefined
  const rejection: SyncResponse = {
    attempt: replica.meta.attempt,
    lastSeq: 0,
    acks: [],
    rejects: [{ seq, code, reason }],
    changes: [],
    cursor: 0,
    more: true,
    serverTime: new Date(nowMs).toISOString(),
    error: null,
  }
  return receiveResponse(replica, rejection, { nowMs, newClientId: () => replica.meta.clientId })
}
