import type { Op, SyncRequest } from '@goalixa/core/sync/sync.schema'
import type { Change, Meta, PendingOp, Replica } from './replica.ts'

/** The most ops of one request: the protocol's own limit. */
export const MAX_REQUEST_OPS = 500

/**
 * The bytes that the ops of one request may have as JSON; a larger op is alone in its request. A quarter of the 1 MB
 * that proxies accept by default, and more than twice the largest op that the limits of the fields allow: a note of 20,000
 * characters that are written as six bytes each (`\u0001`).
 */
export const MAX_REQUEST_BYTES = 262_144

type Options = {
  /** The device's own clock. */
  nowMs: number
  limit?: number | undefined
  /** The number of an op that is about to be taken out of the queue: the request carries no ops, but voids older attempts. */
  withdraws?: number | undefined
  maxBytes?: number
}

/**
 * No field allows an op a tenth as large, and a proxy may close the connection instead of answering that the body is too
 * large, which looks like an outage. So such an op is not sent.
 */
const MAX_OP_BYTES = 1_048_576

/** Whether the request's only op is larger than any server takes. */
export function isTooLarge({ ops: [op, ...others] }: SyncRequest): boolean {
  return op !== undefined && others.length === 0 && countJsonBytes(op) > MAX_OP_BYTES
}

/**
 * Returns the next request, with at most `limit` ops and `maxBytes` of JSON, and the change that makes answers to older
 * attempts void. If the clock is not confirmed and times that were read from it wait to be sent, the request carries only
 * ops that were sent before, or none: the answer corrects the others first.
 */
export function nextRequest(
  { meta, outbox }: Pick<Replica, 'meta' | 'outbox'>,
  { nowMs, limit = MAX_REQUEST_OPS, maxBytes = MAX_REQUEST_BYTES, withdraws }: Options,
): { request: SyncRequest; change: Change } {
  const attempt = meta.attempt + 1
  const ops = withdraws === undefined ? takeBatch(listSendable(meta, outbox), limit, maxBytes) : []
  return {
    request: {
      attempt,
      clientId: meta.clientId,
      cursor: meta.cursor,
      ops,
      now: Math.max(0, nowMs + meta.wallClock.correctionMs),
      ...(withdraws === undefined ? {} : { withdraws }),
      schema: 1,
    },
    change: {
      meta: {
        ...meta,
        attempt,
        hasSentOps: ops.length > 0 || withdraws !== undefined,
        sentSeq: Math.max(meta.sentSeq, ops.at(-1)?.seq ?? 0),
      },
      rows: [],
      droppedRows: [],
      outbox: [],
      droppedSeqs: [],
      rejected: [],
    },
  }
}

/** Returns a pending op in the format of the protocol, without what only this device needs. */
export function toWireOp({ before: _before, isReading: _isReading, ...op }: PendingOp): Op {
  return op
}

/** Whether no request that contains a pending op can reach the server any more, or none was sent: it may be changed. */
export function isUnsent({ sentSeq, hasSentOps }: Meta, outbox: readonly PendingOp[]): boolean {
  return hasSentOps || (outbox[0]?.seq ?? sentSeq + 1) > sentSeq
}

function listSendable({ wallClock, sentSeq }: Meta, outbox: readonly PendingOp[]): readonly PendingOp[] {
  const isDoubtful = !wallClock.isMeasured && outbox.some(op => op.isReading && op.seq > sentSeq)
  return isDoubtful ? outbox.filter(op => op.seq <= sentSeq) : outbox
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
