import type { Log } from '@goalixa/chassis/log'
import { isDatabaseDown } from '@goalixa/chassis/postgres'
import { isLeaseLost } from './held-leases.ts'

/**
 * Keeps the process alive when a checkpoint could not be written, or may no longer be written by this worker: its run
 * fails by itself and is repeated from the last one. Any other unhandled rejection is a bug and ends the process, as it does by default.
 */
export function handleUnhandledRejections(log: Log): void {
  process.on('unhandledRejection', reason => {
    if (!isDatabaseDown(reason) && !isLeaseLost(reason)) throw reason
    log.warn({ err: reason }, 'a checkpoint was not written')
  })
}
