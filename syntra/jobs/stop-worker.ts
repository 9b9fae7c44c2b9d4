import { setTimeout as wait } from 'node:timers/promises'
import type { OpenWorker } from './queue-backend.ts'

type Options = {
  worker: OpenWorker
  draining: AbortController
  closing: AbortController
  drainMs?: number
  graceMs?: number
}

/**
 * Stops a worker in order: threads stop at their next step, then they are aborted, then the worker is closed by force, because
 * its own close waits indefinitely. Another worker continues an aborted thread.
 */
export async function stopWorker({ worker, draining, closing, drainMs = 4_000, graceMs = 4_000 }: Options) {
  draining.abort()
  const closed = worker.close()
  const cutOff = AbortSignal.timeout(drainMs)
  cutOff.addEventListener('abort', () => closing.abort())
  const isClosed = await Promise.race([
    closed.then(() => true),
    wait(drainMs + graceMs, false, { ref: false }),
  ])
  closing.abort()
  if (!isClosed) await worker.close(true)
}
