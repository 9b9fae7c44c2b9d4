/**
 * Measures how long ago something was. The longer time of two clocks counts: the monotonic one stands still while the machine
 * is suspended, the wall clock may be set back.
 */
export function createStopwatch() {
  const startedAt = performance.now()
  const startedOn = Date.now()
  return { elapsedMs: () => Math.max(performance.now() - startedAt, Date.now() - startedOn) }
}
export type Stopwatch = ReturnType<typeof createStopwatch>
