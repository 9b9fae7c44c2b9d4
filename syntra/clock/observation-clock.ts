import { uptime } from 'node:os'

/** Readings of clocks, in milliseconds and in the same order every time. */
export type ReadClocks = () => readonly number[]

/**
 * The wall clock jumps when it is corrected; `performance.now` stops while the machine is suspended; the uptime includes
 * suspension. No single one of them can tell observed time from lost time.
 */
export const readClocks: ReadClocks = () => [Date.now(), performance.now(), uptime() * 1000]

/**
 * The time between two readings: `observedMs` is the least that any clock shows, `longestMs` the most. A clock that was
 * set back hides how much time has passed, so that `longestMs` is then infinite.
 */
export function elapsedBetween(from: readonly number[], to: readonly number[]) {
  const differences = to.map((reading, index) => reading - (from[index] ?? reading))
  const leastMs = Math.min(...differences)
  // The uptime is read in steps of 10 ms.
  const wasSetBack = leastMs < -10
  return {
    observedMs: Math.max(0, Math.round(leastMs)),
    longestMs: wasSetBack ? Number.POSITIVE_INFINITY : Math.max(...differences),
  }
}
