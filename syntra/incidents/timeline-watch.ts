import { EventEmitter } from 'node:events'
import { listen } from '../jobs/listen.ts'

/** Wakes streams when an incident has new entries, over one database connection for all of them. */
export function createTimelineWatch(databaseUrl: string) {
  const bell = new EventEmitter().setMaxListeners(0)
  // An empty payload means "something may have been missed", for everyone.
  const listener = listen(databaseUrl, 'syntra_timeline', incidentId => {
    const waiting = incidentId === '' ? bell.eventNames() : [incidentId]
    for (const name of waiting) bell.emit(name)
  })
  return {
    /** Resolves at the next entry of the incident, after `timeoutMs`, or when the signal aborts. */
    next(incidentId: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
      return new Promise(resolve => {
        const done = () => {
          clearTimeout(timer)
          bell.off(incidentId, done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, timeoutMs)
        bell.once(incidentId, done)
        if (signal.aborted) done()
        else signal.addEventListener('abort', done)
      })
    },
    stop: () => listener.stop(),
  }
}
export type TimelineWatch = ReturnType<typeof createTimelineWatch>
