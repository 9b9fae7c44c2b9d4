import { applyOp } from './apply-op.ts'
import { isWellFormed, type MalformedOp } from './parse-op.ts'
import type { Replica } from './replica.ts'
import type { Op, SyncResponse } from './sync.schema.ts'

const MAX_SKEW_MS = 120_000

type Input = {
  clientId: string
  ops: (Op | MalformedOp)[]
  /** The number of the last op that the server holds of this client. */
  lastSeq: number
  /** Repeated ops that were rejected before: the client may not have received that answer. */
  rejectedBefore: SyncResponse['rejects']
  nowMs: number
}
type Outcome = Pick<SyncResponse, 'acks' | 'rejects' | 'error' | 'lastSeq'>

/**
 * Takes a client's ops in order, each exactly once. A repeated op is only acknowledged; a gap in the sequence or a stamp
 * from the future ends the batch. Protocol: docs/sync-protocol.md, "One exchange", steps 2 to 4.
 */
export function applyOps(
  replica: Replica,
  { clientId, ops, rejectedBefore, nowMs, ...input }: Input,
): Outcome {
  const outcome: Outcome = { acks: [], rejects: [], error: null, lastSeq: input.lastSeq }
  for (const op of ops) {
    if (op.seq <= outcome.lastSeq) {
      outcome.acks.push(op.seq)
      outcome.rejects.push(...rejectedBefore.filter(({ seq }) => seq === op.seq))
      continue
    }
    if (op.seq > outcome.lastSeq + 1)
      return { ...outcome, error: { kind: 'gap', expected: outcome.lastSeq + 1 } }
    if (isWellFormed(op) && op.stamp.ms > nowMs + MAX_SKEW_MS)
      return { ...outcome, error: { kind: 'skew', seq: op.seq, now: nowMs } }
    const rejection = isWellFormed(op)
      ? applyOp(replica, op, clientId)
      : rejectMalformed(replica, op, clientId)
    if (rejection) outcome.rejects.push({ seq: op.seq, ...rejection })
    outcome.acks.push(op.seq)
    outcome.lastSeq = op.seq
  }
  return outcome
}

function rejectMalformed(replica: Replica, { seq, value, rejection }: MalformedOp, clientId: string) {
  const { code, reason } = rejection
  replica.log.push({ seq, value, clientId, rejectCode: code, rejectReason: reason })
  return rejection
}
