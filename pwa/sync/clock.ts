import type { Stamp } from '@goalixa/core/sync/sync.schema'

/** A hybrid logical clock (Kulkarni et al., 2014): never behind the wall clock, never behind a stamp it has seen. */
export type Clock = { ms: number; counter: number }

/** The clock after one local event at `nowMs`; its new reading is larger than all before. */
export function tick(clock: Clock, nowMs: number): Clock {
  return nowMs > clock.ms ? { ms: nowMs, counter: 0 } : { ms: clock.ms, counter: clock.counter + 1 }
}

/** The clock after it has seen a stamp of another client. */
export function witness(clock: Clock, stamp: Stamp): Clock {
  const isBehind = stamp.ms > clock.ms || (stamp.ms === clock.ms && stamp.counter > clock.counter)
  return isBehind ? { ms: stamp.ms, counter: stamp.counter } : clock
}
