import { elapsedBetween, readClocks } from './observation-clock.ts'

/** Measures how long ago something was at most: the longest time of any clock counts. */
export function createStopwatch() {
  const startedAt = readClocks()
  return { elapsedMs: () => elapsedBetween(startedAt, readClocks()).longestMs }
}
export type Stopwatch = ReturnType<typeof createStopwatch>
