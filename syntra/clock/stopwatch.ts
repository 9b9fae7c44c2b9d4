import { elapsedBetween, readClocks } from './observation-clock.ts'

/** Measures the longest time that may have passed since its creation, by any clock. */
export function createStopwatch() {
  const startedAt = readClocks()
  return { elapsedMs: () => elapsedBetween(startedAt, readClocks()).longestMs }
}
export type Stopwatch = ReturnType<typeof createStopwatch>
