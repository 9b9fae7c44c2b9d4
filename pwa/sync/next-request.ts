import type { Op, SyncRequest } from '@goalixa/core/sync/sync.schema'
import type { Change, PendingOp, Replica } from './replica.ts'

/** Returns the next request, with at most `limit` ops, and the change that makes answers to older attempts void. */
export function nextRequest(
  { meta, outbox }: Pick<Replica, 'meta' | 'outbox'>,
  limit = 500,
): { request: SyncRequest; change: Change } {
  const attempt = meta.attempt + 1
  return {
    request: {
      attempt,
      clientId: meta.clientId,
      cursor: meta.cursor,
      ops: outbox.slice(0, limit).map(toWireOp),
      schema: 1,
    },
    change: {
      meta: { ...meta, attempt },
      rows: [],
      droppedRows: [],
      outbox: [],
      droppedSeqs: [],
      rejected: [],
    },
  }
}

/** Returns a pending op in the format of the protocol, without what only this device needs. */
export function toWireOp({ before: _before, ...op }: PendingOp): Op {
  return op
}
