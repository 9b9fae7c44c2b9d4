import type { SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { findRunningEntry } from '@goalixa/rules/time/open-entries'
import { startTimer, stopTimer } from '../app/data/gestures.ts'
import { createRecordReader } from '../app/data/records.ts'
import { applyChange, type MemoryReplica } from '../sync/apply-change.ts'
import { type Edit, editRows } from '../sync/edit-rows.ts'
import { nextRequest } from '../sync/next-request.ts'
import { createPageClock } from '../sync/page-clock.ts'
import { listNeededRows, receiveResponse } from '../sync/receive-response.ts'
import { type Change, emptyMeta, type LocalRow } from '../sync/replica.ts'
import { pickRows } from './pick-rows.ts'

/** Faults that can be injected into a device. */
export type DeviceFault =
  | 'readings-not-shifted'
  | 'jumps-ignored'
  | 'pauses-ignored'
  | 'sends-before-it-measures'

type World = {
  clientId: string
  now: () => number
  offsetMs: number
  isSteadyInSleep: boolean
  newId: () => string
  fault: DeviceFault | undefined
}

/** Creates a device with the app's own gestures and sync, whose clock can be set, which can sleep and whose page can reload. */
export function createTimedDevice({ clientId, now, isSteadyInSleep, newId, fault, ...world }: World) {
  let { offsetMs } = world
  let sleptMs = 0
  let replica: MemoryReplica = { meta: emptyMeta(clientId), rows: new Map<string, LocalRow>(), outbox: [] }
  let page = openPage()
  let isSetUnseen = false
  const readRecords = createRecordReader()
  const wallMs = () => now() + offsetMs

  function openPage() {
    const startMs = now() - sleptMs
    // As `performance.now()`, which counts fractions of a millisecond.
    const steadyMs = () =>
      fault === 'jumps-ignored' ? wallMs() : now() - sleptMs - startMs + (now() % 7) / 20
    return createPageClock(() => ({ wallMs: wallMs(), steadyMs: steadyMs() }))
  }
  function observe() {
    const { meta, keep } = page.observe(replica.meta)
    keep()
    const pauses = fault === 'pauses-ignored' ? [] : meta.wallClock.pauses
    replica = { ...replica, meta: { ...meta, wallClock: { ...meta.wallClock, pauses } } }
    if (meta.wallClock.isMeasured) isSetUnseen = false
  }
  const apply = (change: Change) => {
    if (change.rejected.length > 0) throw new Error(`REJECTED: ${change.rejected[0]?.reason}`)
    replica = applyChange(replica, change)
  }
  // A person could not tell either: the device can only attribute an error to pauses whose lengths tell them apart.
  function canPause(aheadMs: number, { isSet }: { isSet: boolean }): boolean {
    const { pauses, isMeasured, correctionMs } = replica.meta.wallClock
    const isConfirmed = pauses.length === 0 ? isMeasured : pauses[0]?.isMeasuredBefore === true
    if (isSetUnseen || (isSet && !isConfirmed)) return false
    return isTelling([...pauses.map(pause => pause.aheadMs), aheadMs, Math.abs(offsetMs + correctionMs)])
  }

  return {
    replica: () => replica,
    entries: () => readRecords(replica.rows.values()).entries,
    /** Starts, switches or stops the timer, and returns the edits. */
    gesture(kind: 'toggle' | 'start'): Edit[] {
      const nowMs = page.now(replica.meta)
      const correctionMs = page.correctionMs(replica.meta)
      const running = findRunningEntry(this.entries(), nowMs)
      const edits =
        running !== undefined && kind === 'toggle'
          ? stopTimer(running, nowMs)
          : startTimer(newId(), null, running, nowMs)
      observe()
      const made = fault === 'readings-not-shifted' ? edits.map(({ readings: _, ...edit }) => edit) : edits
      apply(editRows(replica, made, { nowMs: wallMs(), group: newId(), correctionMs }))
      return edits
    },
    request(): SyncRequest {
      observe()
      if (fault === 'sends-before-it-measures')
        replica = {
          ...replica,
          meta: { ...replica.meta, wallClock: { ...replica.meta.wallClock, isMeasured: true } },
        }
      const { request, change } = nextRequest(replica, { nowMs: wallMs() })
      apply(change)
      page.sending(request, replica.meta)
      return structuredClone(request)
    },
    receive(response: SyncResponse) {
      observe()
      const clockError = page.errorIn(response, replica.meta, page.sampleClocks())
      const newClientId = () => `${clientId}-2`
      const known = pickRows(replica, listNeededRows(response, clockError, replica.outbox))
      const change = receiveResponse(known, response, { nowMs: wallMs(), clockError, newClientId })
      if (change !== undefined) apply(change)
      observe()
    },
    sleep(ms: number, advance: (ms: number) => void) {
      if (!isSteadyInSleep && !canPause(ms, { isSet: false })) return
      observe()
      advance(ms)
      if (!isSteadyInSleep) sleptMs += ms
      observe()
    },
    setClock(toMs: number) {
      const aheadMs = toMs - offsetMs
      if (isTiny(aheadMs)) return
      if (aheadMs > 0 && !canPause(aheadMs, { isSet: true })) return
      observe()
      offsetMs = toMs
      observe()
    },
    reload(ms: number, toMs: number | null, advance: (ms: number) => void) {
      const { isMeasured, pauses } = replica.meta.wallClock
      const isSet = toMs !== null && !isTiny(toMs - offsetMs) && isMeasured && pauses.length === 0
      if (!isSet && !canPause(ms, { isSet: false })) return
      observe()
      advance(ms)
      if (isSet) offsetMs = toMs
      page = openPage()
      observe()
      if (isSet) isSetUnseen = true
    },
  }
}
export type TimedDevice = ReturnType<typeof createTimedDevice>

// Within this, a device neither sees nor needs to see that its clock was set.
function isTiny(ms: number): boolean {
  return Math.abs(ms) < 40_000
}

// Whether different pauses always sum to different times.
function isTelling(lengthsMs: readonly number[]): boolean {
  if (lengthsMs.length > 8) return false
  const telling = lengthsMs.filter(ms => !isTiny(ms))
  const sums = Array.from({ length: 2 ** telling.length }, (_, bits) =>
    telling.reduce((sum, ms, index) => (bits & (2 ** index) ? sum + ms : sum), 0),
  ).toSorted((a, b) => a - b)
  return sums.every((sum, index) => index === 0 || !isTiny(sum - (sums[index - 1] ?? 0)))
}
