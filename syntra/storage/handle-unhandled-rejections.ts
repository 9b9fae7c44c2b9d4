import type { Log } from '@goalixa/chassis/log'
import { isDatabaseDown } from '@goalixa/chassis/postgres'

/**
 * Keeps the process alive when a checkpoint could not be written at all: its run fails by itself and is repeated from the
 * last one. Any other unhandled rejection is a bug and ends the process, as it does by default.
 */
export function handleUnhandledRejections(log: Log): void {
  process.on('unhandledRejection', reason => {
    if (!isDatabaseDown(reason)) throw reason
    log.warn({ err: reason }, 'a checkpoint was lost with the database')
  })
}
