import { uptime } from 'node:os'

/** Readings of clocks, in milliseconds and in the same order every time. */
export type ReadClocks = () => readonly number[]

/**
 * The wall clock jumps when it is corrected; `performance.now` stands still while the machine is suspended; the uptime counts a
 * suspension. None of them alone can tell time that was observed from time that was lost.
 */
export const readClocks: ReadClocks = () => [Date.now(), performance.now(), uptime() * 1000]

/**
 * The time between two readings: `observedMs` is what every clock agrees on, `longestMs` what any clock says. A clock that was
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
