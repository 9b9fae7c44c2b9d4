import type { SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import type { Meta } from './replica.ts'
import {
  type ClockError,
  type ClockSample,
  correctedNow,
  findJump,
  type LastSample,
  measureError,
  observeClock,
} from './wall-clock.ts'

/** A slower answer says too little. The app does not wait that long; the device was asleep. */
const MAX_ROUND_TRIP_MS = 60_000

/** Creates one page's view of the device's clock; `readClocks` reads the wall clock and the steady clock. */
export function createPageClock(readClocks: () => ClockSample) {
  // `performance.now()` has fractions, but a time in the protocol is a whole number of milliseconds.
  const sampleClocks = (): ClockSample => {
    const { wallMs, steadyMs } = readClocks()
    return { wallMs: Math.round(wallMs), steadyMs: Math.round(steadyMs) }
  }
  let last: LastSample | undefined
  let sent: { attempt: number; steadyMs: number; jumpsMs: number } | undefined
  return {
    sampleClocks,
    /** Returns the corrected time in ms since 1970. */
    now: ({ wallClock }: Meta) => correctedNow(wallClock, sampleClocks(), last),
    /** Returns what is added to the wall clock now. */
    correctionMs({ wallClock }: Meta): number {
      const sample = sampleClocks()
      return correctedNow(wallClock, sample, last) - sample.wallMs
    },
    /** Whether the clock has jumped since a step has recorded it. */
    hasJumped: ({ wallClock }: Meta) => last !== undefined && findJump(wallClock, sampleClocks(), last) !== 0,
    /** Returns the state after a sample of the clocks; `keep` is called once that state is stored. */
    observe(meta: Meta): { meta: Meta; keep: () => void } {
      const observed = observeClock(meta.wallClock, sampleClocks(), { last, nextSeq: meta.nextSeq })
      const keep = () => {
        last = observed.last
      }
      return { meta: { ...meta, wallClock: observed.clock }, keep }
    },
    /** Remembers when a request is sent. */
    sending({ attempt }: SyncRequest, { wallClock }: Meta) {
      sent = { attempt, steadyMs: sampleClocks().steadyMs, jumpsMs: wallClock.jumpsMs }
    },
    /** Returns what an answer received at `received` proves about the correction; undefined if it says nothing. */
    errorIn(
      { attempt, serverTime }: SyncResponse,
      { wallClock }: Meta,
      received: ClockSample,
    ): ClockError | undefined {
      // A clock that jumped while the request was under way measures nothing.
      if (sent?.attempt !== attempt || sent.jumpsMs !== wallClock.jumpsMs) return undefined
      const roundTripMs = received.steadyMs - sent.steadyMs
      if (roundTripMs > MAX_ROUND_TRIP_MS) return undefined
      return measureError(wallClock, {
        serverMs: Date.parse(serverTime),
        receivedMs: received.wallMs,
        roundTripMs,
      })
    },
  }
}
export type PageClock = ReturnType<typeof createPageClock>
