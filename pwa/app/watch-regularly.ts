/** The most times in a row that a watch is left out after failures. */
const MAX_OMITTED = 60

/**
 * Returns a function for a timer, which runs `watch` each time. While `watch` fails, because the storage is full for
 * example, it runs ever more rarely; it never rejects. It does not start again before it has ended.
 */
export function watchRegularly(watch: () => Promise<unknown>): () => Promise<void> {
  let omitted = 0
  let toOmit = 0
  let isRunning = false
  return async () => {
    if (isRunning || omitted++ < toOmit) return
    isRunning = true
    const hasFailed = await watch().then(
      () => false,
      () => true,
    )
    isRunning = false
    omitted = 0
    toOmit = hasFailed ? Math.min(2 * toOmit + 1, MAX_OMITTED) : 0
  }
}
