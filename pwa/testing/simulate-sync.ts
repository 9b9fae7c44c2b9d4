import type { Op, Stamp, SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { stampKey } from '@goalixa/rules/stamps/stamp'
import fc from 'fast-check'
import { applyChange, type MemoryReplica } from '../sync/apply-change.ts'
import { editRows } from '../sync/edit-rows.ts'
import { nextRequest } from '../sync/next-request.ts'
import { receiveResponse } from '../sync/receive-response.ts'
import { type Change, emptyMeta, type LocalRow } from '../sync/replica.ts'
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

export type Fault = ServerFault | ClientFault

const DAY_MS = 86_400_000
const DEVICES = 4

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
      value: fc.nat(5),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('sync' as const),
      device: fc.nat(DEVICES - 1),
      ops: fc.integer({ min: 0, max: 4 }),
      net: fc.constantFrom('ok', 'ok', 'request lost', 'answer lost', 'twice', 'late'),
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
    snapshotOf: (clientId, op) => deviceOf(clientId)?.snapshots.get(op.seq) ?? {},
  })
  const late: ({ request: SyncRequest } | { device: Device; response: SyncResponse })[] = []
  for (const event of steps) {
    if (event.do === 'wait') nowMs += event.ms
    else if (event.do === 'edit') devices[event.device]?.edit(rowId(event.row), event.field, event.value)
    else if (event.do === 'deliver late') {
      const [message] = late.splice(event.which % Math.max(late.length, 1), 1)
      if (message === undefined) continue
      if ('request' in message) server.sync(message.request)
      else message.device.receive(message.response)
    } else {
      const device = devices[event.device]
      if (device !== undefined) exchange(device, event.ops, event.net)
    }
  }

  function exchange(device: Device, limit: number, net: string) {
    const request = device.request(limit)
    if (net === 'request lost') return
    if (net === 'late') return void late.push({ request })
    const response = structuredClone(server.sync(request))
    if (net === 'twice') server.sync(structuredClone(request))
    if (net !== 'answer lost') return device.receive(response)
    if (request.ops.length % 2 === 1) late.push({ device, response })
  }

  for (const message of late) if ('request' in message) server.sync(message.request)
  for (let round = 0; round < 60; round++) {
    nowMs += 1000
    for (const device of devices) device.receive(structuredClone(server.sync(device.request(50))))
  }
  checkInvariants(server, devices)
  return { ops: server.log.length, conflicts: server.conflicts.length }
}

type Device = ReturnType<typeof createDevice>

function createDevice(clientId: string, clock: () => number, fault?: Fault) {
  let replica: MemoryReplica = { meta: emptyMeta(clientId), rows: new Map<string, LocalRow>(), outbox: [] }
  let made = 0
  const snapshots = new Map<number, Record<string, Op['value']>>()
  const apply = (change: Change) => {
    replica = applyChange(replica, change)
  }
  return {
    clientId,
    snapshots,
    replica: () => replica,
    made: () => made,
    edit(id: string, field: string, value: number) {
      const row = replica.rows.get(`tasks/${id}`)
      const seen = Object.fromEntries(Object.entries(row?.fields ?? {}).map(([name, f]) => [name, f.value]))
      const edits = [{ entity: 'tasks' as const, id, fields: { [field]: value } }]
      const change = editRows(replica, edits, { nowMs: clock(), group: 'g' })
      const [op] = change.outbox
      if (op === undefined) return
      snapshots.set(op.seq, seen)
      made = op.seq
      apply(spoilEdit(change, fault, clock()))
    },
    request(limit: number): SyncRequest {
      const { request, change } = nextRequest(replica, limit)
      apply(change)
      if (fault === 'forget-on-send') replica = { ...replica, outbox: replica.outbox.slice(limit) }
      return structuredClone(request)
    },
    receive(response: SyncResponse) {
      const answer = fault === 'late-answers' ? { ...response, attempt: replica.meta.attempt } : response
      const hidden = fault === 'bases-ignored' ? hideBases(replica, answer) : undefined
      const change = receiveResponse(hidden?.replica ?? replica, answer, {
        nowMs: clock(),
        newClientId: () => `${clientId}'`,
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
