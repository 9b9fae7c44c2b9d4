import { MAX_SKEW_MS } from '@goalixa/rules/stamps/max-skew'
import { applyOp } from './apply-op.ts'
import { isWellFormed, type MalformedOp } from './parse-op.ts'
import type { Replica } from './replica.ts'
import type { Op, SyncResponse } from './sync.schema.ts'

type Input = {
  clientId: string
  ops: (Op | MalformedOp)[]
  /** The number of an op that the client takes out of its queue unless the server holds it. */
  withdraws?: number | undefined
  /** The number of the last op that the server holds of this client. */
  lastSeq: number
  /** The device's clock when it sent the request, if it says so. */
  deviceMs?: number | undefined
  /** Whether a newer request of the client was here first: the client counts on it that this one changes nothing. */
  isStale: boolean
  /** Repeated ops that were rejected before: the client may not have received that answer. */
  rejectedBefore: SyncResponse['rejects']
  /** When the request arrived. */
  arrivedMs: number
  nowMs: number
}
type Outcome = Pick<SyncResponse, 'acks' | 'rejects' | 'error' | 'lastSeq'>

/**
 * Takes a client's ops in order, each exactly once. A repeated op is only acknowledged; a gap in the sequence, a wrong
 * clock or a stamp from the future ends the batch. Protocol: docs/sync-protocol.md, "One exchange", steps 2 to 5.
 */
export function applyOps(
  replica: Replica,
  { clientId, ops, rejectedBefore, nowMs, isStale, ...input }: Input,
): Outcome {
  const outcome: Outcome = { acks: [], rejects: [], error: null, lastSeq: input.lastSeq }
  if (isStale) return { ...outcome, error: { kind: 'stale' } }
  const repeat = (seq: number) => {
    outcome.acks.push(seq)
    outcome.rejects.push(...rejectedBefore.filter(rejection => rejection.seq === seq))
  }
  if (input.withdraws !== undefined && input.withdraws <= outcome.lastSeq) repeat(input.withdraws)
  const isClockWrong = Math.abs((input.deviceMs ?? input.arrivedMs) - input.arrivedMs) > MAX_SKEW_MS
  for (const op of ops) {
    if (op.seq <= outcome.lastSeq) {
      repeat(op.seq)
      continue
    }
    if (op.seq > outcome.lastSeq + 1)
      return { ...outcome, error: { kind: 'gap', expected: outcome.lastSeq + 1 } }
    // A stamp that is no newer than one which core holds was made after that one was seen, while core's own clock was ahead.
    const latestMs = Math.max(nowMs + MAX_SKEW_MS, replica.clock.ms)
    if (isClockWrong || (isWellFormed(op) && op.stamp.ms > latestMs))
      return { ...outcome, error: { kind: 'skew', seq: op.seq, now: nowMs } }
    const rejection = isWellFormed(op)
      ? applyOp(replica, op, { clientId, nowMs })
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
