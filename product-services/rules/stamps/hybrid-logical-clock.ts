import type { Stamp } from './stamp.ts'

/** A hybrid logical clock (Kulkarni et al., 2014): never behind the wall clock, never behind a stamp it has seen. */
export type Clock = { ms: number; counter: number }

/** Returns the clock after a local event at `nowMs`; the reading is larger than every earlier one. */
export function tick(clock: Clock, nowMs: number): Clock {
  return nowMs > clock.ms ? { ms: nowMs, counter: 0 } : { ms: clock.ms, counter: clock.counter + 1 }
}

/** Returns the clock after it has seen a stamp of another client. */
export function witness(clock: Clock, stamp: Stamp): Clock {
  const isBehind = stamp.ms > clock.ms || (stamp.ms === clock.ms && stamp.counter > clock.counter)
  return isBehind ? { ms: stamp.ms, counter: stamp.counter } : clock
}
