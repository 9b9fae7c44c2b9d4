import type { Op, Stamp, SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { stampKey } from '@goalixa/rules/stamps/stamp'
import fc from 'fast-check'
import { applyChange, type MemoryReplica } from '../sync/apply-change.ts'
import { createBatchLimit } from '../sync/batch-limit.ts'
import { editRows } from '../sync/edit-rows.ts'
import { nextRequest } from '../sync/next-request.ts'
import { receiveResponse } from '../sync/receive-response.ts'
import { type Change, emptyMeta, type LocalRow } from '../sync/replica.ts'
import { takeOutOp } from '../sync/take-out-op.ts'
import { checkInvariants } from './check-invariants.ts'
import { createServerModel, type ServerFault } from './create-server-model.ts'

/** Faults that can be injected into the client. Each wraps the real functions and never changes them. */
export type ClientFault =
  | 'forget-on-send'
  | 'not-atomic'
  | 'wall-clock'
  | 'clock-not-merged'
  | 'late-answers'
  | 'bases-ignored'
  | 'batch-not-bounded'
  | 'refused-op-kept'
  | 'taken-out-twice'
  | 'emptied-by-foreign-refusal'

export type Fault = ServerFault | ClientFault

const DAY_MS = 86_400_000
const DEVICES = 4
/** What a device puts into one request, and what the way to the server lets through: both small, as the texts are. */
const MAX_BATCH_BYTES = 1_500
const MAX_BODY_BYTES = 2_500
/** The bytes of a request besides its ops. */
const ENVELOPE_BYTES = 200

/** Values by number: a long text, one that is refused on the way, one that every request is refused for, one that the server rejects. */
const VALUES: Record<number, string> = {
  6: 'ن'.repeat(400),
  7: 'ن'.repeat(1_500),
  8: 'refused',
  9: 'rejected',
}
const value: fc.Arbitrary<number> = fc.oneof(
  { weight: 12, arbitrary: fc.nat(5) },
  { weight: 3, arbitrary: fc.constant(6) },
  { weight: 1, arbitrary: fc.constantFrom(7, 8, 9) },
)

type Step =
  | { do: 'edit'; device: number; row: number; field: string; value: number }
  | { do: 'sync'; device: number; ops: number; net: string }
  | { do: 'deliver late'; which: number }
  | { do: 'wait'; ms: number }

/** What happens to four devices: their clocks' errors and then one thing after the other. */
export type History = { offsetsMs: number[]; steps: Step[] }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      device: fc.nat(DEVICES - 1),
      row: fc.nat(3),
      field: fc.constantFrom('name', 'done', 'project', 'deleted'),
      value,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('sync' as const),
      device: fc.nat(DEVICES - 1),
      ops: fc.integer({ min: 0, max: 4 }),
      net: fc.constantFrom('ok', 'ok', 'request lost', 'answer lost', 'twice', 'late', 'forbidden'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deliver late' as const), which: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 600_000 }) }),
  },
)

/** Random histories of four devices with wrong clocks on an unreliable network. */
export const history: fc.Arbitrary<History> = fc.record({
  offsetsMs: fc.array(
    fc.oneof(
      fc.constant(0),
      fc.integer({ min: -400 * DAY_MS, max: 400 * DAY_MS }),
      fc.integer({ min: -90_000, max: 90_000 }),
    ),
    { minLength: DEVICES, maxLength: DEVICES },
  ),
  steps: fc.array(step, { minLength: 5, maxLength: 120, size: 'max' }),
})

/** Plays a history, lets the network recover, and throws with the code of the violated invariant. */
export function simulateSync({ offsetsMs, steps }: History, fault?: Fault) {
  let nowMs = 1_800_000_000_000
  const devices = offsetsMs.map((offsetMs, index) => createDevice(`d${index}`, () => nowMs + offsetMs, fault))
  const deviceOf = (clientId: string) => devices.find(device => device.clientId === clientId)
  const server = createServerModel({
    now: () => nowMs,
    pageSize: 3,
    fault: fault as ServerFault | undefined,
    findRejection: op => (op.value === VALUES[9] ? { code: 'INVALID', reason: 'invalid' } : undefined),
    snapshotOf: (clientId, op) => deviceOf(clientId)?.snapshots.get(op.seq) ?? {},
  })
  const late: ({ request: SyncRequest } | { device: Device; response: SyncResponse })[] = []
  for (const event of steps) {
    if (event.do === 'wait') nowMs += event.ms
    else if (event.do === 'edit') devices[event.device]?.edit(rowId(event.row), event.field, event.value)
    else if (event.do === 'deliver late') {
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

  for (const message of late)
    if ('request' in message && !isRefused(message.request)) server.sync(message.request)
  const isDrained = () => devices.every(device => device.replica().outbox.length === 0)
  for (let round = 0, quiet = 0; round < 600 && quiet < 12; round++) {
    nowMs += 1000
    for (const device of devices) exchange(device, 50, 'ok')
    quiet = isDrained() ? quiet + 1 : 0
  }
  checkInvariants(server, devices, { isUnacceptable })
  return { ops: server.log.length, conflicts: server.conflicts.length }
}

type Device = ReturnType<typeof createDevice>

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

function createDevice(clientId: string, clock: () => number, fault?: Fault) {
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
      const row = replica.rows.get(`tasks/${id}`)
      const seen = Object.fromEntries(Object.entries(row?.fields ?? {}).map(([name, f]) => [name, f.value]))
      const edits = [{ entity: 'tasks' as const, id, fields: { [field]: VALUES[value] ?? value } }]
      const group = `${clientId}-${made.length + 1}`
      const change = editRows(replica, edits, { nowMs: clock(), group })
      const [op] = change.outbox
      if (op === undefined) return
      snapshots.set(op.seq, seen)
      made.push(group)
      apply(spoilEdit(change, fault, clock()))
    },
    request(limit: number): SyncRequest {
      const maxBytes = fault === 'batch-not-bounded' ? Number.POSITIVE_INFINITY : MAX_BATCH_BYTES
      const { request, change } = nextRequest(replica, Math.min(limit, batch.ops()), maxBytes)
      apply(change)
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
      const hidden = fault === 'bases-ignored' ? hideBases(replica, answer) : undefined
      const change = receiveResponse(hidden?.replica ?? replica, answer, {
        nowMs: clock(),
        newClientId: () => `${clientId}-${++sequences}`,
      })
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

function hideBases(replica: MemoryReplica, { error }: SyncResponse) {
  if (error?.kind !== 'skew') return undefined
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
