import type { Op, SyncRequest } from '@goalixa/core/sync/sync.schema'
import type { Change, PendingOp, Replica } from './replica.ts'

/** The most ops of one request: the protocol's own limit. */
export const MAX_REQUEST_OPS = 500

/**
 * The bytes that the ops of one request may have as JSON; a single op is sent whatever its size. A quarter of the 1 MB
 * that proxies accept by default, and more than twice the largest op that the limits of the fields allow: a note of 20,000
 * characters that are written as six bytes each (`\u0001`).
 */
export const MAX_REQUEST_BYTES = 262_144

/** Returns the next request, with at most `limit` ops and `maxBytes` of JSON, and the change that makes answers to older attempts void. */
export function nextRequest(
  { meta, outbox }: Pick<Replica, 'meta' | 'outbox'>,
  limit = MAX_REQUEST_OPS,
  maxBytes = MAX_REQUEST_BYTES,
): { request: SyncRequest; change: Change } {
  const attempt = meta.attempt + 1
  return {
    request: {
      attempt,
      clientId: meta.clientId,
      cursor: meta.cursor,
      ops: takeBatch(outbox, limit, maxBytes),
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

function takeBatch(outbox: readonly PendingOp[], limit: number, maxBytes: number): Op[] {
  const batch: Op[] = []
  let bytes = 0
  for (const op of outbox.slice(0, limit).map(toWireOp)) {
    bytes += countJsonBytes(op)
    if (bytes > maxBytes && batch.length > 0) break
    batch.push(op)
  }
  return batch
}

function countJsonBytes(op: Op): number {
  return new TextEncoder().encode(JSON.stringify(op)).length
}
