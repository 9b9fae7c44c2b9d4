import type { Op, SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { MAX_SKEW_MS } from '@goalixa/rules/stamps/max-skew'
import { checkInvariants } from './check-invariants.ts'
import { createServerModel, type ServerFault, type ServerModel } from './create-server-model.ts'
import { type ClientFault, createSyncDevice, MAX_BATCH_BYTES, type SyncDevice } from './create-sync-device.ts'
import { type History, SYNC_VALUES } from './sync-histories.ts'

/** A fault of either side. */
export type Fault = ServerFault | ClientFault

/** What the way to the server lets through: little, as the texts are short. */
const MAX_BODY_BYTES = 2_500
/** The bytes of a request besides its ops. */
const ENVELOPE_BYTES = 200

/** Plays a history, lets the network recover, and throws with the code of the violated invariant. */
export function simulateSync({ offsetsMs, steps }: History, fault?: Fault) {
  let nowMs = 1_800_000_000_000
  let serverOffsetMs = 0
  const devices = offsetsMs.map((offsetMs, index) =>
    createSyncDevice(`d${index}`, { now: () => nowMs, offsetMs, fault }),
  )
  const deviceOf = (clientId: string) => devices.find(device => device.clientId === clientId)
  const server = createServerModel({
    now: () => nowMs + serverOffsetMs,
    pageSize: 3,
    fault: fault as ServerFault | undefined,
    findRejection: op => (op.value === SYNC_VALUES[9] ? { code: 'INVALID', reason: 'invalid' } : undefined),
    snapshotOf: (clientId, op) => deviceOf(clientId)?.snapshots.get(op.seq) ?? {},
  })
  const instants = new Map<string, Instant>()
  const late: ({ request: SyncRequest } | { device: SyncDevice; response: SyncResponse })[] = []
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
      // Another way, or another version of the proxy: what it carries may be refused no longer.
      else server.sync(message.request)
    } else {
      const device = devices[event.device]
      if (device !== undefined) exchange(device, event.ops, event.net)
    }
  }

  function exchange(device: SyncDevice, limit: number, net: string) {
    const request = device.request(limit)
    if (net === 'request lost') return
    if (net === 'late') return void late.push({ request })
    const answer = (sent: SyncRequest) =>
      net === 'forbidden' || isRefused(sent) ? undefined : structuredClone(server.sync(sent))
    if (net === 'forbidden' || isRefused(request)) return device.refused(request, answer)
    const response = structuredClone(server.sync(request))
    if (net === 'twice') server.sync(structuredClone(request))
    if (net !== 'answer lost') {
      device.accepted(request)
      return device.receive(response)
    }
    if (request.ops.length % 2 === 1) late.push({ device, response })
  }

  serverOffsetMs = 0
  for (const message of late) if ('request' in message) server.sync(message.request)
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
  return bytes > MAX_BODY_BYTES || request.ops.some(op => op.value === SYNC_VALUES[8])
}

function isUnacceptable({ value }: Op): boolean {
  return [7, 8, 9].some(index => value === SYNC_VALUES[index])
}

function countBytes(request: SyncRequest): number {
  return Buffer.byteLength(JSON.stringify(request))
}

function rowId(index: number): string {
  return `00000000-0000-7000-8000-00000000000${index}`
}
