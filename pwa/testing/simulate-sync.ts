import type { Op, Stamp, SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { MAX_SKEW_MS } from '@goalixa/rules/stamps/max-skew'
import { stampKey } from '@goalixa/rules/stamps/stamp'
import { applyChange, type MemoryReplica } from '../sync/apply-change.ts'
import { createBatchLimit } from '../sync/batch-limit.ts'
import { type Edit, editRows } from '../sync/edit-rows.ts'
import { nextRequest } from '../sync/next-request.ts'
import { createPageClock } from '../sync/page-clock.ts'
import { listNeededRows, receiveResponse } from '../sync/receive-response.ts'
import { type Change, emptyMeta, type LocalRow, rowKey } from '../sync/replica.ts'
import { takeOutOp } from '../sync/take-out-op.ts'
import { isWrong } from '../sync/wall-clock.ts'
import { checkInvariants } from './check-invariants.ts'
import { createServerModel, type ServerFault, type ServerModel } from './create-server-model.ts'
import { pickRows } from './pick-rows.ts'
import type { History } from './sync-histories.ts'

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
  | 'emptied-by-foreign-refusal'

export type Fault = ServerFault | ClientFault

/** What a device puts into one request, and what the way to the server lets through: both small, as the texts are. */
const MAX_BATCH_BYTES = 1_500
const MAX_BODY_BYTES = 2_500
/** The bytes of a request besides its ops. */
const ENVELOPE_BYTES = 200

/** What the steady clock gains on the wall clock: 20 ppm. */
const DRIFT = 20e-6

/** Values by number: a long text, one that is refused on the way, one that every request is refused for, one that the server rejects. */
const VALUES: Record<number, string> = {
  6: 'ن'.repeat(400),
  7: 'ن'.repeat(1_500),
  8: 'refused',
  9: 'rejected',
}
/** Plays a history, lets the network recover, and throws with the code of the violated invariant. */
export function simulateSync({ offsetsMs, steps }: History, fault?: Fault) {
  let nowMs = 1_800_000_000_000
  let serverOffsetMs = 0
  const devices = offsetsMs.map((offsetMs, index) =>
    createDevice(`d${index}`, { now: () => nowMs, offsetMs, fault }),
  )
  const deviceOf = (clientId: string) => devices.find(device => device.clientId === clientId)
  const server = createServerModel({
    now: () => nowMs + serverOffsetMs,
    pageSize: 3,
    fault: fault as ServerFault | undefined,
    findRejection: op => (op.value === VALUES[9] ? { code: 'INVALID', reason: 'invalid' } : undefined),
    snapshotOf: (clientId, op) => deviceOf(clientId)?.snapshots.get(op.seq) ?? {},
  })
  const instants = new Map<string, Instant>()
  const late: ({ request: SyncRequest } | { device: Device; response: SyncResponse })[] = []
  for (const event of steps) {
    if (event.do === 'wait') nowMs += event.ms
    else if (event.do === 'set server clock') serverOffsetMs = event.offsetMs
    else if (event.do === 'set clock') devices[event.device]?.setClock(event.offsetMs)
    else if (event.do === 'edit') devices[event.device]?.edit(rowId(event.row), event.field, event.value)
    else if (event.do === 'time') {
      const { typedAheadMs } = event
      const group = devices[event.device]?.setTime(rowId(event.row), event.field, typedAheadMs)
      if (group !== undefined) instants.set(group, { atMs: nowMs, typedAheadMs })
    } else if (event.do === 'deliver late') {
      const [message] = late.splice(event.which % Math.max(late.length, 1), 1)
      if (message === undefined) continue
      if ('response' in message) message.device.receive(message.response)
      else if (!isRefused(message.request)) server.sync(message.request)
    } else {
      const device = devices[event.device]
      if (device !== undefined) exchange(device, event.ops, event.net)
    }
  }

  function exchange(device: Device, limit: number, net: string) {
    const request = device.request(limit)
    if (net === 'request lost') return
    if (net === 'late') return void late.push({ request })
    const answer = (sent: SyncRequest) =>
      net === 'forbidden' || isRefused(sent) ? undefined : structuredClone(server.sync(sent))
    if (net === 'forbidden' || isRefused(request)) return device.refused(request, answer)
    const response = structuredClone(server.sync(request))
    if (net === 'twice') server.sync(structuredClone(request))
    if (net !== 'answer lost') {
      device.taken(request)
      return device.receive(response)
    }
    if (request.ops.length % 2 === 1) late.push({ device, response })
  }

  serverOffsetMs = 0
  for (const message of late)
    if ('request' in message && !isRefused(message.request)) server.sync(message.request)
  const isDrained = () => devices.every(device => device.replica().outbox.length === 0)
  for (let round = 0, quiet = 0; round < 600 && quiet < 12; round++) {
    nowMs += 1000
    for (const device of devices) exchange(device, 50, 'ok')
    quiet = isDrained() ? quiet + 1 : 0
  }
  const isFuture = ({ group }: Op) => (instants.get(group ?? '')?.typedAheadMs ?? 0) > MAX_SKEW_MS
  checkInvariants(server, devices, { isUnacceptable: op => isUnacceptable(op) || isFuture(op) })
  checkReadings(server, instants)
  return { ops: server.log.length, conflicts: server.conflicts.length }
}

type Device = ReturnType<typeof createDevice>

/** When an instant was really set, and how far a person typed it ahead; null if it was read from the clock. */
type Instant = { atMs: number; typedAheadMs: number | null }

function checkReadings({ log }: ServerModel, instants: ReadonlyMap<string, Instant>) {
  for (const { op } of log) {
    const instant = instants.get(op.group ?? '')
    if (instant === undefined) continue
    const errorMs = Date.parse(String(op.value)) - instant.atMs
    if (instant.typedAheadMs !== null && errorMs !== instant.typedAheadMs)
      throw new Error('TYPED_TIME_CHANGED: a time that a person typed was changed')
    if (instant.typedAheadMs === null && Math.abs(errorMs) > MAX_SKEW_MS)
      throw new Error(`WRONG_TIME: a gesture was recorded ${errorMs} ms late`)
  }
}

function isRefused(request: SyncRequest): boolean {
  const bytes = countBytes(request)
  if (request.ops.length > 1 && bytes > MAX_BATCH_BYTES + ENVELOPE_BYTES)
    throw new Error('REQUEST_TOO_LARGE: several ops are more than a request may carry')
  return bytes > MAX_BODY_BYTES || request.ops.some(op => op.value === VALUES[8])
}

function isUnacceptable({ value }: Op): boolean {
  return [7, 8, 9].some(index => value === VALUES[index])
}

function countBytes(request: SyncRequest): number {
  return Buffer.byteLength(JSON.stringify(request))
}

type World = { now: () => number; offsetMs: number; fault: Fault | undefined }

function createDevice(clientId: string, { now, fault, ...world }: World) {
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
  function takeOut(op: Op) {
    const rejection = { code: 'REFUSED', reason: 'refused', nowMs: clock() }
    const change = takeOutOp(replica, op, rejection)
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
      makeEdit({ entity: 'tasks', id, fields: { [field]: VALUES[value] ?? value } })
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
    request(limit: number): SyncRequest {
      const maxBytes = fault === 'batch-not-bounded' ? Number.POSITIVE_INFINITY : MAX_BATCH_BYTES
      observe()
      const { request, change } = nextRequest(replica, {
        nowMs: clock(),
        limit: Math.min(limit, batch.ops()),
        maxBytes,
      })
      apply(change)
      page.sending(request, replica.meta)
      if (fault === 'forget-on-send') replica = { ...replica, outbox: replica.outbox.slice(limit) }
      return structuredClone(request)
    },
    /** As the syncer does: `answer` is undefined if that request is refused as well. */
    refused(request: SyncRequest, answer: (probe: SyncRequest) => SyncResponse | undefined) {
      const [op] = request.ops
      if (op === undefined || !batch.isAlone(request)) return
      const response = answer(this.request(0))
      if (response !== undefined) this.receive(response)
      if (response !== undefined || fault === 'emptied-by-foreign-refusal') takeOut(op)
    },
    /** The server has taken the request of this answer. */
    taken: batch.taken,
    receive(response: SyncResponse) {
      const answer = fault === 'late-answers' ? { ...response, attempt: replica.meta.attempt } : response
      observe()
      const clockError = page.errorIn(answer, replica.meta, page.look())
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

function spoilEdit(change: Change, fault: Fault | undefined, nowMs: number): Change {
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

function rowId(index: number): string {
  return `00000000-0000-7000-8000-00000000000${index}`
}
