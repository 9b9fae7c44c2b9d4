import type { Op, SyncRequest } from '@goalixa/core/sync/sync.schema'
import type { Change, PendingOp, Replica } from './replica.ts'

/** The next thing to tell the server, at most `limit` ops, with the change that makes older attempts void. */
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
      ops: outbox.slice(0, limit).map(asSent),
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

/** A pending op as the server knows it, without what only this device needs. */
export function asSent({ before: _before, ...op }: PendingOp): Op {
  return op
}
