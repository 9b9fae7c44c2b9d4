import type { Op, Stamp, SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { stampKey } from '@goalixa/rules/stamps/stamp'
import { applyChange, type MemoryReplica } from '../sync/apply-change.ts'
import { createBatchLimit } from '../sync/batch-limit.ts'
import { type Edit, editRows } from '../sync/edit-rows.ts'
import { nextRequest } from '../sync/next-request.ts'
import { createPageClock } from '../sync/page-clock.ts'
import { listNeededRows, receiveResponse } from '../sync/receive-response.ts'
import { removeRefusedOp } from '../sync/remove-refused-op.ts'
import { type Change, emptyMeta, type LocalRow, rowKey } from '../sync/replica.ts'
import { isWrong } from '../sync/wall-clock.ts'
import type { ServerFault } from './create-server-model.ts'
import { pickRows } from './pick-rows.ts'
import { SYNC_VALUES } from './sync-histories.ts'

/** Faults that can be injected into the client. Each wraps the real functions and never changes them. */
export type ClientFault =
  | 'forget-on-send'
  | 'not-atomic'
  | 'wall-clock'
  | 'clock-not-merged'
  | 'late-answers'
  | 'bases-ignored'
  | 'readings-not-shifted'
  | 'jumps-ignored'
  | 'batch-not-bounded'
  | 'refused-op-kept'
  | 'taken-out-twice'
  | 'taken-out-blindly'
  | 'emptied-by-foreign-refusal'

/** What a device puts into one request: little, as the texts are short. */
export const MAX_BATCH_BYTES = 1_500

/** What the steady clock gains on the wall clock: 20 ppm. */
const DRIFT = 20e-6

type World = { now: () => number; offsetMs: number; fault: ClientFault | ServerFault | undefined }

/** Creates a device with the app's own sync, whose clock can be set. */
export function createSyncDevice(clientId: string, { now, fault, ...world }: World) {
  let { offsetMs } = world
  const clock = () => now() + offsetMs
  const page = createPageClock(() => ({
    wallMs: clock(),
    // As `performance.now()`, which began at some fraction of a millisecond and counts microseconds.
    steadyMs: fault === 'jumps-ignored' ? clock() : now() * (1 + DRIFT) + 0.3,
  }))
  let replica: MemoryReplica = { meta: emptyMeta(clientId), rows: new Map<string, LocalRow>(), outbox: [] }
  const made: string[] = []
  const rejected: Op[] = []
  const batch = createBatchLimit()
  let sequences = 0
  const snapshots = new Map<number, Record<string, Op['value']>>()
  const apply = (change: Change) => {
    replica = applyChange(replica, change)
    rejected.push(...change.rejected.map(({ op }) => op))
  }
  function observe() {
    const { meta, keep } = page.observe(replica.meta)
    keep()
    replica = { ...replica, meta }
  }
  function makeEdit(edit: Edit) {
    const row = replica.rows.get(rowKey(edit))
    const seen = Object.fromEntries(Object.entries(row?.fields ?? {}).map(([name, f]) => [name, f.value]))
    const group = `${clientId}-${made.length + 1}`
    observe()
    const change = editRows(replica, [edit], { nowMs: clock(), group })
    const [op] = change.outbox
    if (op === undefined) return undefined
    snapshots.set(op.seq, seen)
    made.push(group)
    apply(spoilEdit(change, fault, clock()))
    return group
  }
  function removeRefused(op: Op) {
    const rejection = { code: 'REFUSED', reason: 'refused', nowMs: clock() }
    const change = removeRefusedOp(replica, op, rejection)
    if (change === undefined || fault === 'refused-op-kept') return
    apply(
      fault === 'taken-out-twice'
        ? { ...change, rejected: [...change.rejected, ...change.rejected] }
        : change,
    )
    batch.reset()
  }
  return {
    clientId,
    snapshots,
    replica: () => replica,
    made: () => made,
    rejected: () => rejected,
    edit(id: string, field: string, value: number) {
      makeEdit({ entity: 'tasks', id, fields: { [field]: SYNC_VALUES[value] ?? value } })
    },
    /** Ahead only if the clock is confirmed: otherwise the device cannot tell it from a sleep. */
    setClock(newOffsetMs: number) {
      observe()
      if (newOffsetMs > offsetMs && !replica.meta.wallClock.isMeasured) return
      offsetMs = newOffsetMs
      observe()
    },
    /** Returns the group of the op, if there is one. */
    setTime(id: string, field: string, typedAheadMs: number | null) {
      const ms = typedAheadMs === null ? page.now(replica.meta) : now() + typedAheadMs
      const isReading = typedAheadMs === null && fault !== 'readings-not-shifted'
      const fields = { [field]: new Date(ms).toISOString() }
      return makeEdit({ entity: 'time_entries', id, fields, readings: isReading ? [field] : [] })
    },
    request(limit: number, withdraws?: number): SyncRequest {
      const maxBytes = fault === 'batch-not-bounded' ? Number.POSITIVE_INFINITY : MAX_BATCH_BYTES
      observe()
      const { request, change } = nextRequest(replica, {
        nowMs: clock(),
        limit: Math.min(limit, batch.ops()),
        maxBytes,
        withdraws: fault === 'taken-out-blindly' ? undefined : withdraws,
      })
      apply(change)
      page.sending(request, replica.meta)
      if (fault === 'forget-on-send') replica = { ...replica, outbox: replica.outbox.slice(limit) }
      return structuredClone(request)
    },
    /** As the syncer does: `answer` is undefined if that request is refused as well. */
    refused(request: SyncRequest, answer: (probe: SyncRequest) => SyncResponse | undefined) {
      const [op] = request.ops
      if (op === undefined || !batch.narrow(request)) return
      const response = answer(this.request(0, op.seq))
      if (response !== undefined) this.receive(response)
      if (response !== undefined || fault === 'emptied-by-foreign-refusal') removeRefused(op)
    },
    /** The server has accepted the request of this answer. */
    accepted: batch.accepted,
    receive(response: SyncResponse) {
      const answer = fault === 'late-answers' ? { ...response, attempt: replica.meta.attempt } : response
      observe()
      const clockError = page.errorIn(answer, replica.meta, page.sampleClocks())
      const isRestamped = answer.error?.kind === 'skew' || (clockError !== undefined && isWrong(clockError))
      const hidden = fault === 'bases-ignored' && isRestamped ? hideBases(replica) : undefined
      const known = hidden?.replica ?? replica
      const change = receiveResponse(
        pickRows(known, listNeededRows(answer, clockError, known.outbox)),
        answer,
        {
          nowMs: clock(),
          clockError,
          newClientId: () => `${clientId}-${++sequences}`,
        },
      )
      if (change === undefined) return
      if (hidden !== undefined) change.outbox = change.outbox.map(hidden.restore)
      if (fault === 'clock-not-merged' && answer.error === null) change.meta.clock = replica.meta.clock
      apply(change)
    },
  }
}

export type SyncDevice = ReturnType<typeof createSyncDevice>

function spoilEdit(change: Change, fault: ClientFault | ServerFault | undefined, nowMs: number): Change {
  if (fault === 'not-atomic') return { ...change, outbox: change.outbox.filter(op => op.seq % 7 !== 0) }
  if (fault !== 'wall-clock') return change
  const rename = (stamp: Stamp) => ({ ...stamp, ms: nowMs, counter: change.meta.nextSeq })
  const [op] = change.outbox
  const rows = change.rows.map(row => ({
    ...row,
    fields: Object.fromEntries(
      Object.entries(row.fields).map(([name, field]) => [
        name,
        op !== undefined && name === op.field ? { ...field, stamp: rename(field.stamp) } : field,
      ]),
    ),
  }))
  return { ...change, rows, outbox: change.outbox.map(own => ({ ...own, stamp: rename(own.stamp) })) }
}

function hideBases(replica: MemoryReplica) {
  const pending = new Map(replica.outbox.map(op => [stampKey(op.stamp), op.seq]))
  const hidden = new Map<number, Stamp>()
  const outbox = replica.outbox.map(op => {
    if (op.base === null || pending.has(stampKey(op.base))) return op
    hidden.set(op.seq, op.base)
    return { ...op, base: null }
  })
  return {
    replica: { ...replica, outbox },
    restore: <O extends Op>(op: O): O => ({ ...op, base: hidden.get(op.seq) ?? op.base }),
  }
}
