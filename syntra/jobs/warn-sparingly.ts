import type { Log } from '@goalixa/chassis/log'

const AGAIN_MS = 60_000

/**
 * Logs an error that repeats for as long as something is down: at once, then once a minute with the number of occurrences that were
 * suppressed. An error with another message is logged at once.
 */
export function warnSparingly(log: Log, event: string) {
  let last: { message: string; at: number } | undefined
  let suppressed = 0
  return (error: Error) => {
    const at = performance.now()
    if (last?.message === error.message && at - last.at < AGAIN_MS) {
      suppressed++
      return
    }
    log.warn({ err: error, ...(suppressed > 0 && { suppressed }) }, event)
    last = { message: error.message, at }
    suppressed = 0
  }
}
