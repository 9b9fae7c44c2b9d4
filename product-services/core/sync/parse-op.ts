import { describeIssue } from '@goalixa/chassis/describe-issue'
import { fieldsOf } from '@goalixa/chassis/problem'
import type { Rejection } from './apply-op.ts'
import { type ArrivingSyncRequest, Op } from './sync.schema.ts'

/** An op that is not in the form of the protocol; `value` is all of it, for the log. */
export type MalformedOp = { seq: number; value: Op['value']; rejection: Rejection }

/** Parses one op of a request; a malformed one is returned with its number and the reason. */
export function parseOp(arriving: ArrivingSyncRequest['ops'][number]): Op | MalformedOp {
  const { data, error } = Op.safeParse(arriving, { error: describeIssue })
  if (data !== undefined) return data
  const [{ field, expected } = { field: 'form', expected: 'another' }] = fieldsOf(error)
  const rejection = {
    code: 'MALFORMED_OP',
    reason: `The change cannot be read: its ${field} must be ${expected}.`,
  }
  return { seq: arriving.seq, value: arriving as Op['value'], rejection }
}

/** Whether an op is in the form of the protocol. */
export function isWellFormed(op: Op | MalformedOp): op is Op {
  return !('rejection' in op)
}
