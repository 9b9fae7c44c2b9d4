import type { SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import type { Meta } from './replica.ts'
import {
  type ClockError,
  correctedNow,
  findJump,
  type Look,
  measureError,
  observeClock,
  type Seen,
} from './wall-clock.ts'

/** A slower answer says too little. The app does not wait that long; the device was asleep. */
const MAX_ROUND_TRIP_MS = 60_000

/** Creates one page's view of the device's clock; `readClocks` reads the wall clock and the steady clock. */
export function createPageClock(readClocks: () => Look) {
  // `performance.now()` has fractions, but a time in the protocol is a whole number of milliseconds.
  const look = (): Look => {
    const { wallMs, steadyMs } = readClocks()
    return { wallMs: Math.round(wallMs), steadyMs: Math.round(steadyMs) }
  }
  let seen: Seen | undefined
  let sent: { attempt: number; steadyMs: number; jumpsMs: number } | undefined
  return {
    look,
    /** Returns the corrected time in ms since 1970. */
    now: ({ wallClock }: Meta) => correctedNow(wallClock, look(), seen),
    /** Returns what is added to the wall clock now. */
    correctionMs({ wallClock }: Meta): number {
      const at = look()
      return correctedNow(wallClock, at, seen) - at.wallMs
    },
    /** Whether the clock has jumped since a step has recorded it. */
    hasJumped: ({ wallClock }: Meta) => seen !== undefined && findJump(wallClock, look(), seen) !== 0,
    /** Returns the state after a look at the clocks; `keep` is called once that state is stored. */
    observe(meta: Meta): { meta: Meta; keep: () => void } {
      const observed = observeClock(meta.wallClock, look(), { seen, nextSeq: meta.nextSeq })
      const keep = () => {
        seen = observed.seen
      }
      return { meta: { ...meta, wallClock: observed.clock }, keep }
    },
    /** Remembers when a request is sent. */
    sending({ attempt }: SyncRequest, { wallClock }: Meta) {
      sent = { attempt, steadyMs: look().steadyMs, jumpsMs: wallClock.jumpsMs }
    },
    /** Returns what an answer received at `received` proves about the correction; undefined if it says nothing. */
    errorIn(
      { attempt, serverTime }: SyncResponse,
      { wallClock }: Meta,
      received: Look,
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
