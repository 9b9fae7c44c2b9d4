import type { Log } from '@goalixa/chassis/log'

const AGAIN_MS = 60_000

/**
 * Logs an error that repeats for as long as something is down: at once, and then once a minute with the number of times that it came
 * in between. An error with another message is logged at once.
 */
export function warnSparingly(log: Log, message: string) {
  let last: { says: string; at: number } | undefined
  let untold = 0
  return (error: Error) => {
    const at = performance.now()
    if (last?.says === error.message && at - last.at < AGAIN_MS) {
      untold++
      return
    }
    log.warn({ err: error, ...(untold > 0 && { untold }) }, message)
    last = { says: error.message, at }
    untold = 0
  }
}
