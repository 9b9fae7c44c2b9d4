import type { SyncResponse } from '@goalixa/core/sync/sync.schema'
import { witness } from '@goalixa/rules/stamps/hybrid-logical-clock'
import { MAX_SKEW_MS } from '@goalixa/rules/stamps/max-skew'
import { stampKey } from '@goalixa/rules/stamps/stamp'
import { mergeRow } from './merge-row.ts'
import { isUnsent, toWireOp } from './next-request.ts'
import { type Change, type LocalRow, type PendingOp, type Replica, rowKey } from './replica.ts'
import { restampPending } from './restamp-pending.ts'
import { shiftReadings } from './shift-readings.ts'
import { type ClockError, distributeError, isWrong } from './wall-clock.ts'

type Context = {
  /** The device's own clock. */
  nowMs: number
  /** What the answer proves about the correction of that clock; undefined if it says nothing. */
  clockError?: ClockError | undefined
  /** Creates a client id, for a client whose sequence the server cannot continue. */
  newClientId: () => string
}

/**
 * Returns the change that the server's answer causes, or undefined for an answer to an older attempt. `replica.rows` must
 * hold the rows that `listNeededRows` names. Protocol: docs/sync-protocol.md.
 */
export function receiveResponse(
  replica: Replica,
  response: SyncResponse,
  { nowMs, clockError, newClientId }: Context,
): Change | undefined {
  if (response.attempt !== replica.meta.attempt) return undefined
  const draft = createDraft(replica)
  dropAcknowledged(draft, response)
  undoRejected(draft, response, replica.outbox)
  draft.takenSeq = response.lastSeq
  const wasWrong = correctClock(draft, clockError, nowMs)
  if (wasWrong || isSkewed(draft, response)) restampAll(draft, nowMs)
  if (isDiscontinued(draft, response)) startNewSequence(draft, newClientId(), nowMs)
  else draft.meta.cursor = Math.max(draft.meta.cursor, response.cursor)
  if (draft.needsFullPull) draft.meta.cursor = 0
  for (const row of response.changes) merge(draft, row)
  return toChange(draft, replica)
}

/**
 * Returns the keys of the rows that applying an answer needs: those that it names, and those that show a time which it
 * corrects. All rows if pending ops may get other stamps.
 */
export function listNeededRows(
  { error, rejects, changes }: SyncResponse,
  clockError: ClockError | undefined,
  outbox: readonly PendingOp[],
): string[] | 'all' {
  if (error !== null || rejects.length > 0 || (clockError !== undefined && isFarOff(clockError))) return 'all'
  const isCorrected = clockError !== undefined && isWrong(clockError)
  const readings = isCorrected ? outbox.filter(op => op.isReading) : []
  return [...new Set([...changes, ...readings].map(rowKey))]
}

// Whether the error may be so large that the stamps of pending ops are wrong as well.
function isFarOff({ leastMs, mostMs }: ClockError): boolean {
  return Math.max(Math.abs(leastMs), Math.abs(mostMs)) > MAX_SKEW_MS
}

type Draft = ReturnType<typeof createDraft>

function createDraft(replica: Replica) {
  const touched = new Map<string, LocalRow | undefined>()
  return {
    meta: { ...replica.meta },
    outbox: [...replica.outbox] as PendingOp[],
    rejected: [] as Change['rejected'],
    needsFullPull: false,
    /** The server holds the ops up to this one, also those that it has not acknowledged yet: they stay as they are. */
    takenSeq: 0,
    touched,
    rowAt: (key: string) => (touched.has(key) ? touched.get(key) : replica.rows.get(key)),
    *allRows() {
      for (const key of new Set([...replica.rows.keys(), ...touched.keys()])) {
        const row = touched.has(key) ? touched.get(key) : replica.rows.get(key)
        if (row !== undefined) yield row
      }
    },
  }
}

function dropAcknowledged(draft: Draft, { acks, rejects }: SyncResponse) {
  const isDone = new Set([...acks, ...rejects.map(({ seq }) => seq)])
  const reasonOf = new Map(rejects.map(reject => [reject.seq, reject]))
  for (const op of draft.outbox) {
    const reject = reasonOf.get(op.seq)
    if (reject !== undefined)
      draft.rejected.push({ op: toWireOp(op), code: reject.code, reason: reject.reason })
  }
  draft.outbox = draft.outbox.filter(op => !isDone.has(op.seq))
}

// The server never accepted these values, so each field gets its previous value back. What other devices have written
// since is pulled again from the start: rejections are rare.
function undoRejected(draft: Draft, { rejects }: SyncResponse, before: readonly PendingOp[]) {
  const isRejected = new Set(rejects.map(({ seq }) => seq))
  if (isRejected.size === 0) return
  draft.needsFullPull = true
  for (const op of before.filter(({ seq }) => isRejected.has(seq)).toReversed()) {
    draft.outbox = draft.outbox.map(later => (isBasedOn(later, op) ? rebase(later, op) : later))
    const key = rowKey(op)
    const row = draft.rowAt(key)
    const field = row?.fields[op.field]
    if (row === undefined || field === undefined || stampKey(field.stamp) !== stampKey(op.stamp)) continue
    const { [op.field]: _undone, ...fields } = row.fields
    if (op.base !== null && op.before !== undefined) fields[op.field] = { value: op.before, stamp: op.base }
    draft.touched.set(key, Object.keys(fields).length === 0 ? undefined : { ...row, fields })
  }
}

function isBasedOn(later: PendingOp, op: PendingOp): boolean {
  const isSameField = rowKey(later) === rowKey(op) && later.field === op.field
  return isSameField && later.base !== null && stampKey(later.base) === stampKey(op.stamp)
}

// Its author saw a value that never was; if this op is rejected as well, the field must not get that value back.
function rebase({ before: _never, ...later }: PendingOp, { base, before }: PendingOp): PendingOp {
  return { ...later, base, ...(before === undefined ? {} : { before }) }
}

function isSkewed({ outbox }: Draft, { error }: SyncResponse): boolean {
  return error?.kind === 'skew' && outbox.some(op => op.seq === error.seq)
}

// Stale although it is the last attempt: another device has used the same client id, from a copy of this profile.
function isDiscontinued({ outbox }: Draft, { error }: SyncResponse): boolean {
  const first = outbox[0]
  if (error?.kind === 'stale') return true
  return error?.kind === 'gap' && first !== undefined && first.seq > error.expected
}

// Returns whether the clock was so wrong that the stamps of pending ops are wrong as well.
function correctClock(draft: Draft, error: ClockError | undefined, nowMs: number): boolean {
  const { wallClock } = draft.meta
  if (error === undefined || !isUnsent(draft.meta, draft.outbox)) return false
  const { pauses } = wallClock
  const shifts = distributeError(wallClock, error)
  const errorMs = shifts.at(-1) ?? 0
  const correctionMs = wallClock.correctionMs + errorMs
  const correctedMs = nowMs + correctionMs
  const { outbox, rows } = shiftReadings({
    outbox: changeable(draft),
    rowAt: draft.rowAt,
    shiftOf: seq => shifts[pauses.filter(pause => pause.seq <= seq).length] ?? 0,
    nowMs: correctedMs,
  })
  replacePending(draft, outbox)
  for (const row of rows) draft.touched.set(rowKey(row), row)
  const uncertaintyMs = error.mostMs - error.leastMs
  const confirmed = { correctionMs, isMeasured: true, uncertaintyMs, pauses: [] }
  draft.meta.wallClock = { ...wallClock, ...confirmed, lastMs: correctedMs }
  return Math.abs(errorMs) > MAX_SKEW_MS
}

function restampAll(draft: Draft, nowMs: number) {
  restamp(draft, nowMs)
  // A pulled value that was older than the wrong stamp may be newer than the corrected one, and was dropped.
  if (draft.outbox.length > 0) draft.needsFullPull = true
}

// The server lacks ops that this client no longer holds (one of the two was restored from a backup). With the old client
// id a late duplicate could take a number that is used again, so the client starts a new sequence.
function startNewSequence(draft: Draft, clientId: string, nowMs: number) {
  draft.takenSeq = 0
  draft.meta = { ...draft.meta, clientId, cursor: 0, hasSentOps: false, sentSeq: 0 }
  restamp(draft, nowMs)
  const { wallClock } = draft.meta
  const newSeq = (seq: number) => draft.outbox.filter(op => op.seq < seq).length + 1
  const pauses = wallClock.pauses.map(pause => ({ ...pause, seq: newSeq(pause.seq) }))
  draft.meta.wallClock = { ...wallClock, pauses }
  draft.outbox = draft.outbox.map((op, index) => ({ ...op, seq: index + 1 }))
  draft.meta.nextSeq = draft.outbox.length + 1
}

function restamp(draft: Draft, nowMs: number) {
  const { clientId, wallClock } = draft.meta
  const { clock, outbox, rows } = restampPending({
    outbox: changeable(draft),
    rows: draft.allRows(),
    clientId,
    nowMs: nowMs + wallClock.correctionMs,
  })
  draft.meta.clock = clock
  replacePending(draft, outbox)
  for (const row of rows) draft.touched.set(rowKey(row), row)
}

function changeable({ outbox, takenSeq }: Draft): PendingOp[] {
  return outbox.filter(({ seq }) => seq > takenSeq)
}

function replacePending(draft: Draft, changed: readonly PendingOp[]) {
  draft.outbox = [...draft.outbox.filter(({ seq }) => seq <= draft.takenSeq), ...changed]
}

function merge(draft: Draft, incoming: LocalRow) {
  for (const { stamp } of Object.values(incoming.fields)) draft.meta.clock = witness(draft.meta.clock, stamp)
  const key = rowKey(incoming)
  const local = draft.rowAt(key)
  const merged = mergeRow(local, incoming)
  if (merged !== local) draft.touched.set(key, merged)
}

function toChange(draft: Draft, { outbox: before }: Replica): Change {
  const kept = new Map(draft.outbox.map(op => [op.seq, op]))
  const known = new Map(before.map(op => [op.seq, op]))
  return {
    meta: draft.meta,
    rows: [...draft.touched.values()].filter(row => row !== undefined),
    droppedRows: [...draft.touched].flatMap(([key, row]) => (row === undefined ? [key] : [])),
    outbox: draft.outbox.filter(op => known.get(op.seq) !== op),
    droppedSeqs: before.filter(op => !kept.has(op.seq)).map(op => op.seq),
    rejected: draft.rejected,
  }
}
