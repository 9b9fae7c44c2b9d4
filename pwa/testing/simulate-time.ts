import type { SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { MAX_SKEW_MS } from '@goalixa/rules/stamps/max-skew'
import type { Entry } from '@goalixa/rules/time/entries'
import { createTimedDevice, type DeviceFault, type TimedDevice } from './create-timed-device.ts'
import type { TimeHistory, TimeStep } from './time-histories.ts'

/** A server, and the time of the world, which is the server's. */
export type TimedServer = {
  now: () => number
  setNow: (ms: number) => void
  sync: (request: SyncRequest) => Promise<SyncResponse> | SyncResponse
}

/** When the gestures of a history were made: the start of each entry, and the ends that a person set. */
type Gestures = { starts: Map<string, number>; stops: Map<string, number[]> }

/**
 * Plays a history, lets the network recover, and throws if an entry is not the time between its gestures: to the
 * millisecond on a perfect network, within two minutes otherwise. Returns the entries of the person's two devices.
 * A clock is set only where a device can find out: see "What cannot be known" in docs/sync-protocol.md.
 */
export async function simulateTime(history: TimeHistory, server: TimedServer, fault?: DeviceFault) {
  server.setNow(history.startMs)
  const { now } = server
  const advance = (ms: number) => server.setNow(now() + ms)
  let ids = 0
  const newId = () => `019a0000-0000-7000-8000-${String(++ids).padStart(12, '0')}`
  const devices = history.offsetsMs.map((offsetMs, index) =>
    createTimedDevice({
      ...{ clientId: `d${index}`, now, offsetMs, newId, fault },
      isSteadyInSleep: history.isSteadyInSleep[index] === true,
    }),
  )
  const gestures: Gestures = { starts: new Map(), stops: new Map() }
  const late: (() => Promise<unknown> | unknown)[] = []

  async function exchange(device: TimedDevice, { net, upMs, downMs }: Exchange) {
    for (let round = 0, more = true; more && round < 10; round++) {
      const request = device.request()
      if (net === 'request lost') return
      if (net === 'late') return void late.push(() => server.sync(request))
      advance(upMs)
      const response = structuredClone(await server.sync(request))
      if (net === 'twice') await server.sync(structuredClone(request))
      if (net === 'answer lost') return void late.push(() => device.receive(response))
      advance(downMs)
      device.receive(response)
      more = response.more || device.replica().outbox.length > 0
    }
  }

  for (const step of history.steps) {
    if (step.do === 'wait') advance(step.ms)
    else if (step.do === 'deliver late') await late.splice(step.which % Math.max(late.length, 1), 1)[0]?.()
    else await perform(step)
  }
  for (const deliver of late) await deliver()
  const isDrained = () => devices.every(device => device.replica().outbox.length === 0)
  for (let round = 0; round < 4 || (!isDrained() && round < 20); round++)
    for (const device of devices) {
      advance(1_000)
      await exchange(device, { net: 'ok', upMs: 0, downMs: 0 })
    }
  check(devices, gestures, isPerfect(history) ? 0 : MAX_SKEW_MS)
  return { entries: devices.map(device => device.entries()), expected: expectedEntries(devices, gestures) }

  async function perform(step: Exclude<TimeStep, { do: 'wait' | 'deliver late' }>) {
    const device = devices[step.device]
    if (device === undefined) return
    if (step.do === 'sync') await exchange(device, step)
    else if (step.do === 'sleep') device.sleep(step.ms, advance)
    else if (step.do === 'set clock') device.setClock(step.offsetMs)
    else if (step.do === 'reload') device.reload(step.ms, step.offsetMs, advance)
    else
      for (const { id, fields } of device.gesture(step.gesture)) {
        if ('started_at' in fields) gestures.starts.set(id, now())
        if ('ended_at' in fields) gestures.stops.set(id, [...(gestures.stops.get(id) ?? []), now()])
      }
  }
}

type Exchange = { net: string; upMs: number; downMs: number }

/** Whether every message arrived at once. */
export function isPerfect({ steps }: TimeHistory): boolean {
  return steps.every(step => step.do !== 'sync' || (step.net === 'ok' && step.upMs + step.downMs === 0))
}

function check(devices: readonly TimedDevice[], gestures: Gestures, toleranceMs: number) {
  const [first, ...others] = devices.map(device => JSON.stringify(device.entries()))
  if (devices.some(device => device.replica().outbox.length > 0))
    throw new Error('OUTBOX_NOT_DRAINED: the outbox still holds ops')
  if (others.some(other => other !== first))
    throw new Error('REPLICAS_DIFFER: the devices show other entries')
  const entries = devices[0]?.entries() ?? []
  if (entries.length !== gestures.starts.size) throw new Error('ENTRY_LOST: a gesture has left no entry')
  for (const { id, startMs, endMs } of entries) {
    const errorMs = startMs - (gestures.starts.get(id) ?? 0)
    if (Math.abs(errorMs) > toleranceMs) throw new Error(`WRONG_START: an entry starts ${errorMs} ms late`)
    const wrongByMs = endMs === null ? 0 : distance(endMs, possibleEnds(id, gestures, toleranceMs))
    if (wrongByMs > toleranceMs) throw new Error(`WRONG_END: an entry ends ${wrongByMs} ms off`)
    if (endMs === null && gestures.stops.has(id)) throw new Error('NOT_ENDED: a stopped timer runs')
  }
}

// Where the person set an end, it is one of theirs; otherwise another entry has ended this one by its start. Timers that
// were started within the tolerance may have changed places.
function possibleEnds(id: string, { starts, stops }: Gestures, toleranceMs: number): number[] {
  const fromMs = (starts.get(id) ?? 0) - toleranceMs
  const others = [...starts].filter(([other, ms]) => other !== id && ms >= fromMs)
  return stops.get(id) ?? others.map(([, ms]) => ms)
}

function distance(ms: number, candidates: readonly number[]): number {
  return Math.min(...candidates.map(candidate => Math.abs(candidate - ms)))
}

// The entries as they would be on right clocks: each border is the gesture that it comes from.
function expectedEntries(devices: readonly TimedDevice[], gestures: Gestures): Entry[] {
  const nearest = (ms: number, candidates: readonly number[]) =>
    candidates.toSorted((a, b) => Math.abs(a - ms) - Math.abs(b - ms))[0] ?? ms
  return (devices[0]?.entries() ?? []).map(entry => ({
    ...entry,
    startMs: gestures.starts.get(entry.id) ?? 0,
    endMs: entry.endMs === null ? null : nearest(entry.endMs, possibleEnds(entry.id, gestures, 0)),
  }))
}
